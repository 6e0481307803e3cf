package nft_test

import (
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/readback"
	"github.com/recentc/recentc/internal/readbacklab"
)

// loadedOtherwise loads a script and gives the rules that the kernel then has otherwise
// than the tables mean.
func loadedOtherwise(t *testing.T, script string, tables []nft.Table) (out []readback.Difference) {
	t.Helper()
	loaded, _, err := readbacklab.Try(script, tables)
	if err != nil {
		t.Errorf("%v\n%s", err, script)
		return nil
	}
	for i, table := range tables {
		out = append(out, readback.Compare(table, loaded[i])...)
	}
	return out
}

// TestFormsMean holds that the kernel has of each form just what it means, also after its
// listing is loaded again, and that each statement can say what it means.
func TestFormsMean(t *testing.T) {
	lab.Require(t)
	type form struct {
		family ast.Family
		rules  string
	}
	var forms []form
	for _, c := range matchForms {
		forms = append(forms, form{c.family, "*filter\n-A INPUT " + c.options + "\nCOMMIT\n"})
	}
	for _, c := range targetForms {
		forms = append(forms, form{c.family, oneRule(c.rule)})
	}
	for _, f := range forms {
		if strings.Contains(f.rules, "NFQUEUE") {
			continue // a kernel may have no queues
		}
		out := translate(t, f.family, f.rules, nft.Options{Meanings: true})
		otherwise, changed, err := readbacklab.TryTwice(out.Text, out.Tables)
		if err != nil || len(otherwise) > 0 || len(changed) > 0 {
			t.Errorf("%s: %v; loaded otherwise: %v; changed by the listing: %v", f.rules, err, otherwise, changed)
		}
		if !strings.Contains(out.Text, " to meta l4proto map ") && partial(out.Tables) {
			t.Errorf("%s: a statement cannot say what it means", f.rules)
		}
	}
}

func partial(tables []nft.Table) bool {
	for _, table := range tables {
		for _, chain := range table.Meanings {
			for _, m := range chain {
				if m.Partial {
					return true
				}
			}
		}
	}
	return false
}

// TestReadbackFinds holds that the check finds what nft makes of a text that reads right:
// each script is what a translation was before it was mended, or could become.
func TestReadbackFinds(t *testing.T) {
	lab.Require(t)
	for _, c := range []struct {
		rule string
		// without is what is taken out of the text, and its replacement.
		without, with string
	}{
		// nft 1.0.6 makes one comparison of two: "neither" becomes "not both".
		{"-p tcp -m tcp ! --sport 22 ! --dport 22 -j DROP", "tcp dport != 22-22", "tcp dport != 22"},
		{"-p udp -m multiport ! --ports 53 -j DROP", "udp dport != 53-53", "udp dport != 53"},
		// It tests behind a limit what stands in front of it.
		{"-p udp -m udp --sport 4000 -m limit --limit 1/hour -m udp --dport 53 -j DROP", "udp dport 53-53", "udp dport 53"},
		// The kernel says "missing" for packets that are not TCP.
		{"-p tcp -m tcp ! --tcp-option 4 -j DROP", "tcp sport >= 0 ", ""},
		{"-m mark --mark 1 -j DROP", "meta mark 0x1", "meta mark 0x2"},
		{"-m limit --limit 1/hour -j DROP", "burst 5", "burst 6"},
		{"-j DROP", "counter drop", "drop"},
		{"-s 10.0.0.1 -j DROP", "counter drop", "counter accept"},
	} {
		out := translate(t, ast.IPv4, "*filter\n-A INPUT "+c.rule+"\nCOMMIT\n", nft.Options{Meanings: true})
		if found := loadedOtherwise(t, out.Text, out.Tables); len(found) > 0 {
			t.Errorf("%s: %v", c.rule, found)
		}
		broken := strings.ReplaceAll(out.Text, c.without, c.with)
		if broken == out.Text {
			t.Errorf("%s: there is no %q in %s", c.rule, c.without, out.Text)
		}
		if found := loadedOtherwise(t, broken, out.Tables); len(found) == 0 {
			t.Errorf("%s: nothing is found with %q", c.rule, c.with)
		}
	}
}
