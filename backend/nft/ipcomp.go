package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

var compCPI = headerField("comp cpi", bytecode.TransportHeader, 2, 2, protoIPComp)

func (t *translator) ipcomp(m *compile.IPComp) form {
	s := m.SPI
	if s.Low > 65535 { // more than the field can hold
		s.Span = compile.Span{Low: 1, High: 0}
	}
	s.High = min(s.High, 65535)
	return headerForm(spanForm(compCPI, &s), protoIPComp)
}
