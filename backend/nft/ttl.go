package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

func (t *translator) ttl(m *compile.TTL) form {
	left := "ip ttl"
	if t.ipv6() {
		left = "ip6 hoplimit"
	}
	switch {
	case m.Empty():
		return fixed(m.Not)
	case m.Single():
		return all(compare(left, m.Not, strconv.Itoa(int(m.Low))))
	case m.Low == 0:
		return all(test(left + " < " + strconv.Itoa(int(m.High)+1)))
	}
	return all(test(left + " > " + strconv.Itoa(int(m.Low)-1)))
}
