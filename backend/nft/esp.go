package nft

import "github.com/recentc/recentc/compile"

func (t *translator) esp(m *compile.ESP) form {
	return headerForm(spanForm("esp spi", m.SPI), protoESP)
}
