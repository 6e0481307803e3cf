package compile

import "github.com/recentc/recentc/internal/diag"

// SetConnMark changes the mark of the packet's connection, or copies it to or
// from the packet's. The packet goes on.
type SetConnMark struct {
	Op ConnMarkOp
	// Change is what ChangeConnMark does. The others clear the bits of ConnMask
	// (PacketMask) in the mark that they write, then turn those over that are set
	// in both the other mark and its mask.
	Change               Change
	PacketMask, ConnMask uint32
	// Shift moves the new mark, or what is copied, to the left by this many
	// bits, or to the right if it is less than 0.
	Shift int
}

// ConnMarkOp is what a SetConnMark does.
type ConnMarkOp uint8

// The three operations.
const (
	ChangeConnMark ConnMarkOp = iota
	SaveMark
	RestoreMark
)

// Extension implements Target.
func (*SetConnMark) Extension() string { return "CONNMARK" }

// Ends implements Target.
func (*SetConnMark) Ends() bool { return false }

var connmarkTarget = &extension{
	name: "CONNMARK",
	options: append(changeOptions("mark"),
		option{name: "save-mark"}, option{name: "restore-mark"},
		option{name: "mask", args: 1}, option{name: "nfmask", args: 1}, option{name: "ctmask", args: 1},
		option{name: "left-shift-mark", args: 1}, option{name: "right-shift-mark", args: 1}),
	target: func(c *call) Target {
		m := &SetConnMark{PacketMask: allMarks, ConnMask: allMarks}
		if c.oneOf("save-mark", "restore-mark", "set-mark", "set-xmark", "and-mark", "or-mark", "xor-mark") == nil {
			return nil
		}
		if !c.each(func(g *given) bool { return c.connMarkOption(m, g) }) {
			return nil
		}
		m.Change.Clear = m.ConnMask
		return m
	},
}

// connMarkOption takes one option. As in iptables, a mask counts from where it
// stands: behind a --set-mark it replaces the mask of that.
func (c *call) connMarkOption(m *SetConnMark, g *given) (ok bool) {
	switch g.name {
	case "save-mark":
		m.Op = SaveMark
	case "restore-mark":
		m.Op = RestoreMark
	case "mask", "nfmask", "ctmask":
		return c.connMarkMask(m, g)
	case "left-shift-mark", "right-shift-mark":
		return c.connMarkShift(m, g)
	default:
		m.Change, ok = c.change(g, "mark", allMarks)
		m.ConnMask = m.Change.Clear
		return ok
	}
	return true
}

func (c *call) connMarkMask(m *SetConnMark, g *given) bool {
	if g.name != "mask" && c.has("mask") {
		c.conflict(g, "mask")
		return false
	}
	n, ok := c.number(g.value(), 0, allMarks)
	if g.name != "ctmask" {
		m.PacketMask = uint32(n)
	}
	if g.name != "nfmask" {
		m.ConnMask = uint32(n)
	}
	return ok
}

func (c *call) connMarkShift(m *SetConnMark, g *given) bool {
	n, ok := c.number(g.value(), 0, 31)
	m.Shift = int(n)
	if g.name == "right-shift-mark" {
		m.Shift = -m.Shift
	}
	if ok && c.has("left-shift-mark") && c.has("right-shift-mark") {
		c.warn(diag.OptionConflict, g.at, "--left-shift-mark and --right-shift-mark in one rule", "iptables lets the last one win.", "Keep one of them.")
	}
	return ok
}
