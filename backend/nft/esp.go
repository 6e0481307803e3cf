package nft

import "github.com/recentc/recentc/compile"

func (t *translator) esp(m *compile.ESP) form {
	return headerForm(spiForm("esp spi", m.SPI), protoESP)
}
