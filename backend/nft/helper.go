package nft

import (
	"strings"

	"github.com/recentc/recentc/compile"
)

var helperField = ctField("ct helper", ctKeyHelper, 16, nil, false)

// helper takes the helper "ftp" for "ftp-2121", too, as the match does: it
// compares as many letters as the helper's own name has.
func (t *translator) helper(m *compile.Helper) form {
	name, ok := quoteName(m.Name)
	if !ok || strings.ContainsAny(name, "*") {
		t.inexpressible("the helper name \""+m.Name+"\"", "")
		return never()
	}
	names := []value{textValue(name, m.Name)}
	if base, _, port := strings.Cut(name, "-"); port && base != "" {
		names = []value{textValue(base, base), names[0]}
	}
	is := compare(helperField, false, oneOfValues(names))
	if m.Not { // holds for packets that no helper expected, too
		return noneOf([]stmt{is})
	}
	return all(is)
}
