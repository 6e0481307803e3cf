package nft

import "github.com/recentc/recentc/compile"

// owner fails for a packet without a socket's owner, such as a RST that the
// kernel sends by itself, unless all tests are negated: then it holds, which
// only "none of these" does.
func (t *translator) owner(m *compile.Owner) form {
	parts := []struct {
		left string
		test *compile.OwnerTest
	}{{"meta skuid", m.User}, {"meta skgid", m.Group}}
	positive := m.User != nil && !m.User.Not || m.Group != nil && !m.Group.Not
	f := always()
	for _, p := range parts {
		if p.test == nil {
			continue
		}
		if positive {
			f = and(f, all(compare(p.left, p.test.Not, ownerText(p.test))))
		} else {
			f.unless = append(f.unless, []stmt{test(p.left + " " + ownerText(p.test))})
		}
	}
	return f
}

// ownerText leaves a name to nft, which looks it up while loading as iptables does.
func ownerText(o *compile.OwnerTest) string {
	if o.Name != "" {
		return `"` + o.Name + `"`
	}
	return spanText(o.Span)
}
