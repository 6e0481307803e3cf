package compile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// TestBatches holds that rules which are compiled on all cores come out as those that are compiled one by one,
// which the same rules as commands are: in order, with every message.
func TestBatches(t *testing.T) {
	var save, commands strings.Builder
	save.WriteString("*filter\n:ONE - [0:0]\n")
	commands.WriteString("iptables -N ONE\n\n") // as many lines
	for i := range 3000 {
		rule := fmt.Sprintf("-A %s -s 10.0.%d.%d,10.9.9.9 -p tcp --dport %d -m recent --name L%d --set -j %s",
			[]string{"INPUT", "FORWARD", "ONE", "NONE"}[i%101%4], i/256, i%256, i+1, i%7, []string{"DROP", "ONE", "THERE"}[i%37%3])
		fmt.Fprintln(&save, rule)
		fmt.Fprintln(&commands, "iptables", rule)
	}
	save.WriteString("COMMIT\n")
	want, got := outline(commands.String()), outline(save.String())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(got) < 3000 {
		t.Errorf("only %d rules and messages", len(got))
	}
}

// outline lists the messages and rules with their lines.
func outline(text string) (out []string) {
	programs, diags := compileText(text, compile.Options{Family: ast.IPv4})
	for _, d := range diags {
		out = append(out, fmt.Sprint(d.Range.Start.Line, d.Code, d.Summary))
	}
	for _, p := range programs {
		for _, c := range p.Chains {
			for _, r := range c.Rules {
				target := ""
				if r.Target != nil {
					target = r.Target.Extension()
				}
				out = append(out, fmt.Sprint(c.Name, r.Range.Start.Line, r.Failed, len(r.Steps), target))
			}
		}
	}
	return out
}

// TestBatchesTellOfMasks holds that what is found when all rules are known, the mask that another rule of the list
// has fixed, is told of rules that are compiled on all cores too.
func TestBatchesTellOfMasks(t *testing.T) {
	rules := strings.Repeat("-A INPUT -m recent --set --name L --mask 255.255.255.0\n", 3000)
	_, diags := compileText("*filter\n-A INPUT -m recent --set --name L\n"+rules+"COMMIT\n", compile.Options{Family: ast.IPv4})
	if len(diags) != 3000 || diags[2999].Code != diag.RecentOtherMask || diags[2999].Range.Start.Line != 3002 {
		t.Errorf("%d messages", len(diags))
	}
}
