package compile

// Change is what is done to a mark or a field of the packet: the bits in Clear
// are cleared, then those in Toggle are turned over.
type Change struct{ Clear, Toggle uint32 }

// Of returns what becomes of a value.
func (ch Change) Of(old uint32) uint32 { return old&^ch.Clear ^ ch.Toggle }

// changeOptions are the five options of -j MARK and -j CONNMARK, or the four of
// -j TOS.
func changeOptions(kind string) []option {
	options := []option{
		{name: "set-" + kind, args: 1}, {name: "and-" + kind, args: 1},
		{name: "or-" + kind, args: 1}, {name: "xor-" + kind, args: 1},
	}
	if kind == "mark" {
		options = append(options, option{name: "set-xmark", args: 1})
	}
	return options
}

// change reads the value of one of them, at most most.
func (c *call) change(g *given, kind string, most uint64) (Change, bool) {
	if g.name == "set-"+kind || g.name == "set-xmark" {
		v, m, ok := c.valueMask(g.value(), most)
		if g.name == "set-mark" {
			m |= v
		}
		return Change{Clear: m, Toggle: v}, ok
	}
	n, ok := c.number(g.value(), 0, most)
	v := uint32(n)
	switch g.name {
	case "and-" + kind:
		return Change{Clear: uint32(most) &^ v}, ok
	case "or-" + kind:
		return Change{Clear: v, Toggle: v}, ok
	}
	return Change{Toggle: v}, ok
}
