package compile

// Change is what is done to a number in the packet or to its mark: the bits in
// Clear are cleared, then those in Toggle are turned over.
type Change struct{ Clear, Toggle uint32 }

// Of returns what becomes of a value.
func (ch Change) Of(old uint32) uint32 { return old&^ch.Clear ^ ch.Toggle }

// change reads --set-NAME, --set-xNAME, --and-NAME, --or-NAME and --xor-NAME of
// marks and of the TOS field, whose numbers go up to most.
func (c *call) change(g *given, kind string, most uint64) (Change, bool) {
	if g.name == "set-"+kind || g.name == "set-x"+kind {
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
