package nft

import "github.com/recentc/recentc/compile"

var (
	skuid = metaField("meta skuid", metaSkuid, 4, true)
	skgid = metaField("meta skgid", metaSkgid, 4, true)
)

// owner fails for a packet without a socket's owner, such as a RST that the
// kernel sends by itself, unless all tests are negated: then it holds, which
// only "none of these" does.
func (t *translator) owner(m *compile.Owner) form {
	parts := []struct {
		left *field
		test *compile.OwnerTest
	}{{skuid, m.User}, {skgid, m.Group}}
	positive := m.User != nil && !m.User.Not || m.Group != nil && !m.Group.Not
	f := always()
	for _, p := range parts {
		if p.test == nil {
			continue
		}
		if positive {
			f = and(f, all(compare(p.left, p.test.Not, ownerValue(p.test))))
		} else {
			f.unless = append(f.unless, []stmt{compare(p.left, false, ownerValue(p.test))})
		}
	}
	return f
}

// ownerValue leaves a name to nft, which looks it up while loading as iptables does.
func ownerValue(o *compile.OwnerTest) value {
	if o.Name != "" {
		return value{text: `"` + o.Name + `"`, kind: looked}
	}
	return spanValue(o.Span)
}
