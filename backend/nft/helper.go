package nft

import (
	"strings"

	"github.com/recentc/recentc/compile"
)

// helper takes the helper "ftp" for "ftp-2121", too, as the match does: it
// compares as many letters as the helper's own name has.
func (t *translator) helper(m *compile.Helper) form {
	name, ok := quoteName(m.Name)
	if !ok || strings.ContainsAny(name, "*") {
		t.inexpressible("the helper name \""+m.Name+"\"", "")
		return never()
	}
	names := []string{`"` + name + `"`}
	if base, _, port := strings.Cut(name, "-"); port && base != "" {
		names = []string{`"` + base + `"`, names[0]}
	}
	is := test("ct helper " + oneOf(names))
	if m.Not { // holds for packets that no helper expected, too
		return noneOf([]stmt{is})
	}
	return all(is)
}
