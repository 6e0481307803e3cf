package compile

import (
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// AH tests an IPsec authentication header. A nil field is not tested.
type AH struct {
	SPI *SpanTest
	// Length is the length of the header in bytes.
	Length *SpanTest
	// Reserved asks that the header's reserved field is zero.
	Reserved bool
}

// Extension implements Step.
func (*AH) Extension() string { return "ah" }

// Kind implements Step.
func (*AH) Kind() Kind { return Condition }

var ahMatch = &extension{
	name:      "ah",
	family:    ast.IPv4,
	protocols: []uint8{protoAH},
	options:   []option{{name: "ahspi", args: 1, not: true}},
	match:     ahStep,
}

// ah6Match finds the header anywhere in the chain of headers, without -p.
var ah6Match = &extension{
	name:    "ah",
	family:  ast.IPv6,
	options: []option{{name: "ahspi", args: 1, not: true}, {name: "ahlen", args: 1, not: true}, {name: "ahres"}},
	match:   ahStep,
}

func ahStep(c *call) Step {
	m := &AH{Reserved: c.has("ahres")}
	if !c.spanOption(&m.SPI, "ahspi", 1<<32-1) || !c.lengthOption(&m.Length, "ahlen") {
		return nil
	}
	if m.Length != nil && m.Length.High == 0 {
		m.Length = nil
		c.warn(diag.OddValue, c.get("ahlen").at, "--ahlen 0 tests nothing",
			"The kernel takes the length 0 for \"any length\", with \"!\" too, and so does the translation.", "Remove it.")
	}
	return m
}
