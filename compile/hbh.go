package compile

import "github.com/recentc/recentc/ast"

// OptionHeader tests that an IPv6 packet has a header of options: hop-by-hop or
// destination.
type OptionHeader struct {
	// Length is the header's length in bytes, nil if not tested.
	Length *SpanTest
	match  string
}

// Extension implements Step.
func (o *OptionHeader) Extension() string { return o.match }

// Kind implements Step.
func (*OptionHeader) Kind() Kind { return Condition }

var hbhMatch = optionHeader("hbh")

func optionHeader(name string) *extension {
	return &extension{
		name:    name,
		family:  ast.IPv6,
		options: []option{{name: name + "-len", args: 1, not: true}, {name: name + "-opts", args: 1}, {name: name + "-not-strict"}},
		match: func(c *call) Step {
			m := &OptionHeader{match: name}
			for _, o := range []string{name + "-opts", name + "-not-strict"} {
				if g := c.get(o); g != nil {
					c.unsupported(g.at, "--"+o, "nftables does not look at the options in this header.")
					return nil
				}
			}
			return stepIf(m, c.lengthOption(&m.Length, name+"-len"))
		},
	}
}

// lengthOption reads the length of a header, a single number.
func (c *call) lengthOption(into **SpanTest, name string) bool {
	g := c.get(name)
	if g == nil {
		return true
	}
	n, ok := c.number(g.value(), 0, 1<<32-1)
	*into = &SpanTest{Span{uint32(n), uint32(n)}, g.not}
	return ok
}
