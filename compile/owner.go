package compile

import (
	"regexp"
	"strings"

	"github.com/recentc/recentc/internal/diag"
)

// Owner tests who owns the socket that sent a packet. A nil field is not tested.
// A packet without such a socket matches if all that is tested is negated.
type Owner struct{ User, Group *OwnerTest }

// OwnerTest is a user or a group: numbers, or a name, to be looked up on the host
// where the rules are loaded. With a name the numbers mean nothing.
type OwnerTest struct {
	SpanTest
	Name string
}

// Extension implements Step.
func (*Owner) Extension() string { return "owner" }

// Kind implements Step.
func (*Owner) Kind() Kind { return Condition }

var ownerMatch = &extension{
	name: "owner",
	options: []option{
		{name: "uid-owner", args: 1, not: true}, {name: "gid-owner", args: 1, not: true},
		{name: "socket-exists", not: true}, {name: "suppl-groups"},
	},
	match: func(c *call) Step {
		if len(c.given) == 0 {
			c.missing("--uid-owner, --gid-owner or --socket-exists")
			return nil
		}
		if c.hookIn(Prerouting, Input, Forward) {
			c.wrongPlace("where packets leave a socket: OUTPUT, POSTROUTING")
			return nil
		}
		m := &Owner{}
		return stepIf(m, c.each(func(g *given) bool { return c.ownerOption(m, g) }))
	},
}

func (c *call) ownerOption(m *Owner, g *given) (ok bool) {
	switch g.name {
	case "uid-owner":
		m.User, ok = c.owners(g, "user")
	case "gid-owner":
		m.Group, ok = c.owners(g, "group")
	case "socket-exists":
		c.unsupported(g.at, "--socket-exists", "nftables has no such test. \"meta skuid >= 0\" comes near: it leaves out the kernel's own sockets.")
	case "suppl-groups":
		c.unsupported(g.at, "--suppl-groups", "nftables looks at a socket's main group only.")
	}
	return ok
}

// ownerName is a name of a user or a group that nft takes in quotes.
var ownerName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// owners reads a user or a group, or a range of numbers.
func (c *call) owners(g *given, what string) (*OwnerTest, bool) {
	w := g.value()
	switch {
	case w.Text == "root":
		return &OwnerTest{SpanTest: SpanTest{Not: g.not}}, true
	case ownerName.MatchString(w.Text):
		c.warn(diag.OddValue, w.Range, "the "+what+" "+w.Text+" is looked up where the rules are loaded",
			"iptables refuses the rule on a host that does not know the name, and so does nft.", "Write the number, as iptables-save does.")
		return &OwnerTest{SpanTest: SpanTest{Not: g.not}, Name: w.Text}, true
	}
	low, high := w.Text, w.Text
	if i := strings.IndexAny(w.Text, "-:"); i >= 0 {
		low, high = w.Text[:i], w.Text[i+1:]
	}
	lo, ok1 := parseUint(low, 1<<32-2)
	hi, ok2 := parseUint(high, 1<<32-2)
	s := &OwnerTest{SpanTest: SpanTest{Span{uint32(lo), uint32(hi)}, g.not}}
	if !ok1 || !ok2 || s.Empty() {
		c.bad(w, "%q is not a %s: a number, a range of numbers, or a name", w.Text, what)
		return nil, false
	}
	return s, true
}
