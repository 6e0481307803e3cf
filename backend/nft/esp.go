package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

var espSPI = headerField("esp spi", bytecode.TransportHeader, 0, 4, protoESP)

func (t *translator) esp(m *compile.ESP) form {
	return headerForm(spiForm(espSPI, m.SPI), protoESP)
}
