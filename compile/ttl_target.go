package compile

import "github.com/recentc/recentc/ast"

// TTLChange is what happens to the packet's time to live or hop limit. It stays
// within 0 and 255.
type TTLChange struct {
	// Relative adds By, which may be negative. Otherwise the value becomes By.
	Relative bool
	By       int
}

// Of returns what becomes of a value.
func (t TTLChange) Of(old int) int {
	if !t.Relative {
		return t.By
	}
	return min(max(old+t.By, 0), 255)
}

// SetTTL changes the time to live of an IPv4 packet, which goes on.
type SetTTL struct{ TTLChange }

// SetHL changes the hop limit of an IPv6 packet, which goes on.
type SetHL struct{ TTLChange }

// Extension implements Target.
func (*SetTTL) Extension() string { return "TTL" }

// Extension implements Target.
func (*SetHL) Extension() string { return "HL" }

// Ends implements Target.
func (*SetTTL) Ends() bool { return false }

// Ends implements Target.
func (*SetHL) Ends() bool { return false }

var ttlTarget = ttlExtension("TTL", "ttl", ast.IPv4, func(t TTLChange) Target { return &SetTTL{t} })

var hlTarget = ttlExtension("HL", "hl", ast.IPv6, func(t TTLChange) Target { return &SetHL{t} })

func ttlExtension(name, prefix string, f ast.Family, build func(TTLChange) Target) *extension {
	set, dec, inc := prefix+"-set", prefix+"-dec", prefix+"-inc"
	return &extension{
		name: name, family: f,
		options: []option{{name: set, args: 1}, {name: dec, args: 1}, {name: inc, args: 1}},
		target: func(c *call) Target {
			g := c.oneOf(set, dec, inc)
			if g == nil || !c.forTable("mangle") {
				return nil
			}
			t, ok := c.ttlChange(g, g.name == set, g.name == dec)
			if !ok {
				return nil
			}
			return build(t)
		},
	}
}

func (c *call) ttlChange(g *given, set, dec bool) (TTLChange, bool) {
	if set {
		n, ok := c.number(g.value(), 0, 255)
		return TTLChange{By: int(n)}, ok
	}
	n, ok := c.number(g.value(), 1, 255)
	by := int(n)
	if dec {
		by = -by
	}
	return TTLChange{Relative: true, By: by}, ok
}
