package compile

import "github.com/recentc/recentc/ast"

// DCCP tests a DCCP packet. A nil field is not tested.
type DCCP struct {
	Source, Dest *Ports
	Types        *DCCPTypes
}

// DCCPTypes is a set of packet types: bit n is type n.
type DCCPTypes struct {
	Mask uint16
	Not  bool
}

// Extension implements Step.
func (*DCCP) Extension() string { return "dccp" }

// Kind implements Step.
func (*DCCP) Kind() Kind { return Condition }

var dccpTypeNames = []string{
	"REQUEST", "RESPONSE", "DATA", "ACK", "DATAACK", "CLOSEREQ", "CLOSE", "RESET", "SYNC", "SYNCACK", "INVALID",
}

var dccpMatch = &extension{
	name:      "dccp",
	protocols: []uint8{protoDCCP},
	options:   append(portOptions(), option{name: "dccp-types", args: 1, not: true}, option{name: "dccp-option", args: 1, not: true}),
	match: func(c *call) Step {
		m := &DCCP{}
		if g := c.get("dccp-option"); g != nil {
			c.unsupported(g.at, "--dccp-option", "nft 1.0.6 does not look into the options of DCCP.")
			return nil
		}
		ok := c.ports(&m.Source, &m.Dest)
		if g := c.get("dccp-types"); g != nil {
			m.Types = &DCCPTypes{Not: g.not}
			ok = c.dccpTypes(m.Types, g.value()) && ok
		}
		return stepIf(m, ok)
	},
}

func (c *call) dccpTypes(t *DCCPTypes, w ast.Word) bool {
	for _, name := range notEmpty(split(w, ',')) {
		i, ok := c.named(name, dccpTypeNames)
		if !ok {
			return false
		}
		t.Mask |= 1 << i
		if i == len(dccpTypeNames)-1 { // every type that has no name
			t.Mask |= 0xfc00
		}
	}
	return true
}
