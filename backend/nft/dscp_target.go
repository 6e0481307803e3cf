package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

func (t *translator) setDSCP(d *compile.SetDSCP) end {
	return afterwards(t.dscpTo(uint32(d.Value)))
}

func (t *translator) dscpTo(value uint32) stmt {
	return act(fmt.Sprintf("%s dscp set 0x%02x", t.ip(), value))
}

func (t *translator) ecnTo(value uint32) stmt {
	return act(t.ip() + " ecn set " + ecnNames[value])
}
