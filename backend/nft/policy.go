package nft

import "github.com/recentc/recentc/compile"

func (t *translator) policy(m *compile.Policy) form {
	left := map[bool]string{false: "meta ipsec ", true: "rt ipsec "}[m.Out]
	if m.None {
		return all(testOr(left+"missing", left+"exists"))
	}
	return all(testOr(left+"exists", left+"missing"))
}
