package nft

import "github.com/recentc/recentc/compile"

func (t *translator) frag(m *compile.Frag) form {
	f := spiForm("frag id", m.ID)
	for _, p := range []struct {
		asked bool
		tests []stmt
	}{
		{m.Reserved, []stmt{test("frag reserved 0"), test("frag reserved2 0")}},
		{m.First, []stmt{test("frag frag-off 0")}},
		{m.More, []stmt{test("frag more-fragments 1")}},
		{m.Last, []stmt{test("frag more-fragments 0")}},
	} {
		if p.asked {
			f = and(f, all(p.tests...))
		}
	}
	return existing(f, "frag")
}

// existing asks that a header is there if nothing else of it is asked.
func existing(f form, header string) form {
	if bare(f) {
		return all(testOr("exthdr "+header+" exists", "exthdr "+header+" missing"))
	}
	return f
}
