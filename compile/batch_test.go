package compile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
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
