package nft

import (
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// leftOutLine is printed below the source of a rule that is left out.
const leftOutLine = "\n\t\t# left out: "

// account holds the finished text against the program, in every run: each rule has its
// line of source in it. It reads the text that is written, and nothing of how it was made.
func (t *translator) account() {
	for i := range *t.diags {
		if d := &(*t.diags)[i]; d.Severity == diag.Error && !d.Rule {
			return // there is no output
		}
	}
	want, have := 0, 0
	for _, c := range t.prog.Chains {
		if want += len(c.Rules); c.Hook != compile.NoHook && c.Drop && c.PolicyFile != nil {
			want++ // the policy has such a line, too
		}
	}
	t.eachText(func(text string) {
		have += strings.Count(text, "\n\t\t# ") - strings.Count(text, leftOutLine)
		if strings.HasPrefix(text, "\t\t# ") {
			have++
		}
	})
	if have != want+t.repeated {
		t.diags.Add(t.lost())
	}
}

// eachText gives the text of all chains, in pieces that begin and end with lines.
func (t *translator) eachText(take func(string)) {
	for _, list := range [][]*chain{t.listChains, t.chains} {
		for _, c := range list {
			for _, rules := range c.done {
				for i := range rules {
					take(rules[i].text)
				}
			}
		}
	}
}

// lost is the error about the first rule that has no line of source.
func (t *translator) lost() diag.Diagnostic {
	lines := map[string]int{}
	t.eachText(func(text string) {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "\t\t# ") {
				lines[line]++
			}
		}
	})
	var last *compile.Rule
	for _, c := range t.prog.Chains {
		for _, r := range c.Rules {
			var b strings.Builder
			(&rule{from: r}).printFrom(&b)
			if lines[b.String()]--; lines[b.String()] < 0 {
				return diag.RuleLost(r.File, r.Range.Start.Line, "nft")
			}
			last = r
		}
	}
	if last == nil {
		return diag.Diagnostic{Code: diag.Lost, Severity: diag.Error, Summary: "recentc has written rules that the input does not have (nft)"}
	}
	d := diag.RuleLost(last.File, last.Range.Start.Line, "nft")
	d.Summary = "recentc has written more or fewer lines of source than there are rules (nft); this is the last rule"
	return d
}
