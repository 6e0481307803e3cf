package compile

import "github.com/recentc/recentc/ast"

// TTL tests the TTL of an IPv4 packet, or the hop limit of an IPv6 packet.
type TTL struct {
	SpanTest
	match string
}

// Extension implements Step.
func (t *TTL) Extension() string { return t.match }

// Kind implements Step.
func (*TTL) Kind() Kind { return Condition }

var ttlMatch = &extension{
	name:   "ttl",
	family: ast.IPv4,
	options: []option{
		{name: "ttl-eq", args: 1, not: true}, {name: "ttl", args: 1, not: true, same: "ttl-eq"},
		{name: "ttl-lt", args: 1}, {name: "ttl-gt", args: 1},
	},
	match: func(c *call) Step { return c.ttl("ttl") },
}

// ttl reads the one option of ttl and hl.
func (c *call) ttl(name string) Step {
	if len(c.given) == 0 {
		c.missing("--" + name + "-eq, --" + name + "-lt or --" + name + "-gt")
		return nil
	}
	if len(c.given) > 1 {
		c.conflict(&c.given[1], c.given[0].name)
		return nil
	}
	g := &c.given[0]
	n, ok := c.number(g.value(), 0, 255)
	t := &TTL{SpanTest{Span{uint32(n), uint32(n)}, g.not}, name}
	switch g.name[len(name)+1:] {
	case "lt":
		t.Span = Span{0, uint32(n) - 1}
		if n == 0 {
			t.Span = Span{1, 0}
		}
	case "gt":
		t.Span = Span{uint32(n) + 1, 255}
	}
	return stepIf(t, ok)
}
