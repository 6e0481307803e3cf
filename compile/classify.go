package compile

import (
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
)

// Classify sets the packet's priority, which is its class in queueing
// disciplines. The packet goes on.
type Classify struct{ Major, Minor uint16 }

// Extension implements Target.
func (*Classify) Extension() string { return "CLASSIFY" }

// Ends implements Target.
func (*Classify) Ends() bool { return false }

func (*Classify) hooks() []Hook { return []Hook{Forward, Output, Postrouting} }

var classifyTarget = &extension{
	name:    "CLASSIFY",
	options: []option{{name: "set-class", args: 1}},
	target: func(c *call) Target {
		cl := &Classify{}
		g := c.need("set-class", "MAJOR:MINOR")
		if g == nil || !c.atHooks(cl.hooks()) || !c.class(cl, g.value()) {
			return nil
		}
		return cl
	},
}

// class reads MAJOR:MINOR, both in hexadecimal.
func (c *call) class(cl *Classify, w ast.Word) bool {
	major, minor, ok := strings.Cut(w.Text, ":")
	a, err1 := strconv.ParseUint(strings.TrimPrefix(major, "0x"), 16, 16)
	b, err2 := strconv.ParseUint(strings.TrimPrefix(minor, "0x"), 16, 16)
	if !ok || err1 != nil || err2 != nil {
		c.bad(w, "%q is not a class MAJOR:MINOR, two hexadecimal numbers up to ffff", w.Text)
		return false
	}
	cl.Major, cl.Minor = uint16(a), uint16(b)
	return true
}
