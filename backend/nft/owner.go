package nft

import "github.com/recentc/recentc/compile"

// owner fails for a packet without a socket's owner, such as a RST that the
// kernel sends by itself, unless all tests are negated: then it holds, which
// only "none of these" does.
func (t *translator) owner(m *compile.Owner) form {
	parts := []struct {
		left string
		test *compile.SpanTest
	}{{"meta skuid", m.User}, {"meta skgid", m.Group}}
	positive := m.User != nil && !m.User.Not || m.Group != nil && !m.Group.Not
	f := always()
	for _, p := range parts {
		if p.test == nil {
			continue
		}
		if positive {
			f = and(f, spanForm(p.left, p.test))
		} else {
			f.unless = append(f.unless, []stmt{test(p.left + " " + spanText(p.test.Span))})
		}
	}
	return f
}
