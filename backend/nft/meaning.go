package nft

import (
	"path"

	"github.com/recentc/recentc/internal/bytecode"
)

// facts is what the rule means, as facts that can be compared with what the kernel has
// loaded. unknown says that a statement cannot say what it means; then the facts are not
// all that the rule does.
func (r *rule) facts(ipv6 bool) (facts []string, unknown bool) {
	var c coder
	for i := range r.stmts {
		s := &r.stmts[i]
		switch {
		case s.left != nil:
			c.compare(s.left, s.negated, &s.right)
		case s.code != nil:
			s.code(&c)
		case s.right.text != "":
			c.unknown = true
		}
	}
	in := bytecode.Table{IPv6: ipv6, Sets: func(name string) *bytecode.Set { return c.sets[name] }}
	return bytecode.Facts(c.out, in), c.unknown
}

// Meaning is what one nftables rule of the output means.
type Meaning struct {
	// Place is the file and the line of the rule of the input, such as rules.v4:12. It is
	// empty behind the first of several.
	Place string `json:",omitempty"`
	// Facts are those of package bytecode.
	Facts []string
	// Partial says that there is more to the rule that cannot be compared, such as a
	// user's name, which only nft looks up.
	Partial bool
}

func (r *rule) meaning(ipv6 bool) (m Meaning) {
	if r.from != nil {
		m.Place = path.Base(r.from.File.Name) + ":" + lineNumber(r.from)
	}
	m.Facts, m.Partial = r.facts(ipv6)
	return m
}
