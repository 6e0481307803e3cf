package grammar_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/grammar"
)

// printed shows what a text means, one entry a line.
func printed(t *testing.T, text string) string {
	t.Helper()
	f, diags := grammar.ParseFile("in", text)
	if diags.HasErrors() {
		t.Fatalf("%q: %s: %s", text, diags[0].Range, diags[0].Summary)
	}
	return ast.Print(f)
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"table", "*filter\nCOMMIT\n", "*filter\nCOMMIT\n"},
		{"chains", "*filter\n:INPUT DROP [1:2]\n:MINE -\n:OTHER - [0:0]\n", "*filter\n:INPUT DROP [1:2]\n:MINE -\n:OTHER - [0:0]\n"},
		{"counters", "*filter\n[5:300] -A INPUT -j DROP\n", "*filter\n[5:300] -A INPUT -j DROP\n"},
		{"comments", "# one\n  # two\n\n*filter\n#-A INPUT\n", "*filter\n"},
		{"carriage returns", "*filter\r\n:INPUT DROP [0:0]\r\n-A INPUT -j DROP\r\nCOMMIT\r\n", "*filter\n:INPUT DROP [0:0]\n-A INPUT -j DROP\nCOMMIT\n"},
		{"no last line end", "*filter\nCOMMIT", "*filter\nCOMMIT\n"},
		{"blanks", "*filter\n -A  INPUT\t-j DROP \n", "*filter\n-A INPUT -j DROP\n"},
		{"quotes", `*filter` + "\n" + `-A INPUT -m comment --comment "a \"b\" \\ c" -j DROP`, "*filter\n" + `-A INPUT -m comment --comment "a \"b\" \\ c" -j DROP` + "\n"},
		{"empty quotes", "*filter\n-A INPUT --comment \"\"\n", "*filter\n-A INPUT --comment \"\"\n"},
		{"quoted dash", "*filter\n-A INPUT --log-prefix \"-x\" -j LOG\n", "*filter\n-A INPUT --log-prefix \"-x\" -j LOG\n"},
		{"single quotes are text", "*filter\n-A INPUT --comment it's\n", "*filter\n-A INPUT --comment it's\n"},
		{"negation", "*filter\n-A INPUT ! -s 10.0.0.1 -p ! tcp -m recent ! --set\n", "*filter\n-A INPUT ! -s 10.0.0.1 -p ! tcp -m recent ! --set\n"},
		{"glued values", "*filter\n-AINPUT -ptcp --dport=22 -jACCEPT\n", "*filter\n-A \"INPUT\" -p \"tcp\" --dport \"22\" -j \"ACCEPT\"\n"},
		{"quotes behind the sign", "*filter\n-A INPUT --log-prefix=\"a b \" -j LOG\n", "*filter\n-A INPUT --log-prefix \"a b \" -j LOG\n"},
		{"quotes behind the sign of a command", "iptables -A INPUT --log-prefix='a b '\"c\" -j LOG\n", "iptables -A INPUT --log-prefix 'a b c' -j LOG\n"},
		{"quoted dashes", "iptables -A INPUT --log-prefix '--a=b c' -j LOG\n", "iptables -A INPUT --log-prefix '--a=b c' -j LOG\n"},
		{"bundled flags", "*filter\n-A INPUT -nvx -j DROP\n", "*filter\n-A INPUT -n -v -x -j DROP\n"},
		{"negative number", "*filter\n-A INPUT --seconds -1\n", "*filter\n-A INPUT --seconds -1\n"},
		{"goto", "*filter\n-A INPUT -g MINE\n", "*filter\n-A INPUT -g MINE\n"},
		{"commands inside", "*filter\n-P INPUT DROP\n-N MINE\n-I INPUT 2 -j MINE\n-D INPUT 1\n-F MINE\n-X MINE\n-R INPUT 1 -j DROP\n", "*filter\n-P INPUT DROP\n-N MINE\n-I INPUT 2 -j MINE\n-D INPUT 1\n-F MINE\n-X MINE\n-R INPUT 1 -j DROP\n"},
		{"long commands", "*filter\n--append INPUT --jump DROP\n--policy INPUT DROP\n", "*filter\n-A INPUT --jump DROP\n-P INPUT DROP\n"},
		{"command lines", "iptables -A INPUT -j DROP\nip6tables -t raw -A OUTPUT -j DROP\n", "iptables -A INPUT -j DROP\nip6tables -t raw -A OUTPUT -j DROP\n"},
		{"prompts", "# iptables -A INPUT -j DROP\n", "iptables -A INPUT -j DROP\n"},
		{"prompt of a user", "root@fw:~# /sbin/iptables -A INPUT -j DROP\n$ sudo iptables -F\n", "iptables -A INPUT -j DROP\niptables -F\n"},
		{"commented command", "iptables -F\n# iptables -A INPUT -j DROP\n", "iptables -F\n"},
		{"continued command", "iptables -A INPUT \\\n  -j DROP\n", "iptables -A INPUT -j DROP\n"},
		{"continued comment", "iptables -F\n# all \\\niptables -A INPUT -j DROP # x \\\niptables -A INPUT -m comment --comment 'a # b' \\\n -j DROP\n",
			"iptables -F\niptables -A INPUT -j DROP\niptables -A INPUT -m comment --comment 'a # b' -j DROP\n"},
		{"continued prompt", "# iptables -A INPUT \\\n  -j DROP\n# so it goes \\\n# iptables -F\n", "iptables -A INPUT -j DROP\niptables -F\n"},
		{"shell quotes", `iptables -A INPUT -m comment --comment 'a "b"' \! -s 10.0.0.1` + "\n", `iptables -A INPUT -m comment --comment 'a "b"' '!' -s 10.0.0.1` + "\n"},
		{"trailing comment", "iptables -A INPUT -j DROP # all\n", "iptables -A INPUT -j DROP\n"},
		{"no policy", "*filter\n:MINE [1:2]\n", "*filter\n:MINE - [1:2]\n"},
		{"open quote", "*filter\n-A INPUT -m comment --comment \"a  b -j DROP\n", "*filter\n-A INPUT -m comment --comment \"a  b -j DROP\"\n"},
		{"rules alone", "-A INPUT -j DROP\n", "-A INPUT -j DROP\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, printed(t, c.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestBadLines holds that every bad line is reported, with its place.
func TestBadLines(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"words", "*filter\nhello\n-A INPUT -j DROP\nworld\n", "2:1 RC1001 4:1 RC1001"},
		{"open quote", "*filter\n-A INPUT --comment \"x\n", "2:20 RC1002"},
		{"open quote and backslash", "*filter\n-A INPUT --comment \"x\\\n", "2:20 RC1002 2:20 RC1002"},
		{"open quote of a command", "# iptables -A INPUT --comment \"x", "1:31 RC1002"},
		{"no policy", "*filter\n:MINE [0:0]\n:INPUT [0:0]\n", "2:2 RC1013 3:2 RC1013"},
		{"no command", "*filter\n-p tcp -j DROP\n", "2:1 RC1001"},
		{"two commands", "*filter\n-A INPUT -D INPUT\n", "2:10 RC1111"},
		{"bang alone", "*filter\n-A INPUT ! ! -s 1.1.1.1\n-A INPUT !\n", "2:10 RC1001 3:10 RC1001"},
		{"bad chain line", "*filter\n:INPUT\n", "2:7 RC1001"},
		{"big counter", "*filter\n[99999999999999999999:0] -A INPUT\n", "2:1 RC1001"},
		{"shell", "# iptables -A INPUT -s $LAN\nls\n# iptables -F | cat\n", "1:24 RC1010 2:1 RC1010 3:15 RC1010"},
		{"zero byte", "*filter\nab\x00\n", "2:3 RC1017"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, diags := grammar.ParseFile("in", c.in)
			var got []string
			for _, d := range diags {
				got = append(got, fmt.Sprintf("%s %s", d.Range, d.Code))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRanges holds that positions point at the text they were read from.
func TestRanges(t *testing.T) {
	const line = `[1:2] -A INPUT ! -s 10.0.0.1 --comment "a b" -ptcp`
	f, _ := grammar.ParseFile("in", "*filter\n"+line+"\n")
	rule := f.Entries[1].(*ast.Rule)
	options := rule.Options(nil)
	at := func(r ast.Range) string { return line[r.Start.Column-1 : r.End.Column-1] }
	got := []string{at(rule.Chain.Range), at(options[0].Range), at(options[0].Values[0].Range), at(options[1].Range), at(options[2].Values[0].Range)}
	want := []string{"INPUT", "! -s 10.0.0.1", "10.0.0.1", `--comment "a b"`, "tcp"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzParse holds that nothing panics, and that what parses prints to a text
// that parses to the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"*filter\n:INPUT DROP [0:0]\n[1:2] -A INPUT -p tcp ! --dport 22 -m comment --comment \"a \\\" b\" -j ACCEPT\nCOMMIT\n",
		"# sudo iptables -A INPUT -m recent --set\n", "iptables -A INPUT -s 'a b' \\\n -j X\n", "-A INPUT -p ! tcp", "*nat\r\nCOMMIT",
		"$ iptables-legacy -t nat -A POSTROUTING -j MASQUERADE", ":A - [1:1]", "\x00", "-A \"\"", "*\"a\"\n: \"\" \"\"\n",
		"*filter\n-A INPUT --=m\n", "iptables -A INPUT --=m --a\\\"b=c\n", "*filter\n-A INPUT --a\"b\\\"c=d e\"\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, diags := grammar.ParseFile("in", text)
		if diags.HasErrors() {
			return
		}
		out := ast.Print(first)
		second, diags := grammar.ParseFile("in", out)
		if diags.HasErrors() {
			t.Fatalf("%q printed as %q: %s", text, out, diags[0].Summary)
		}
		options := cmp.Transformer("options", func(r *ast.Rule) any {
			return struct {
				ast.Rule
				Options []ast.Option
			}{*r, r.Options(nil)}
		})
		ignore := cmp.Options{options, cmpopts.IgnoreUnexported(ast.Rule{}), cmpopts.IgnoreTypes(ast.Range{}), cmpopts.IgnoreFields(ast.Rule{}, "Source", "Expanded"), cmpopts.EquateEmpty()}
		if diff := cmp.Diff(first.Entries, second.Entries, ignore); diff != "" {
			t.Fatalf("%q printed as %q:\n%s", text, out, diff)
		}
	})
}

// FuzzLine feeds single rules, where most of the grammar is.
func FuzzLine(f *testing.F) {
	f.Add("-p tcp --dport 22 -j DROP")
	f.Add("! -s \"10.0.0.1\" -nvx -m recent ! --set --name=\"x\"")
	f.Fuzz(func(t *testing.T, text string) {
		grammar.ParseFile("in", "*filter\n-A INPUT "+text+"\nCOMMIT\n")
		grammar.ParseFile("in", "iptables -A INPUT "+text+"\n")
	})
}

func BenchmarkParse(b *testing.B) {
	var s strings.Builder
	s.WriteString("*filter\n")
	const n = 10000
	for i := range n {
		fmt.Fprintf(&s, "-A INPUT -s 10.0.%d.%d/32 -p tcp -m tcp --dport %d -m state --state NEW -j ACCEPT\n", i/256%256, i%256, i%65536)
	}
	s.WriteString("COMMIT\n")
	b.ReportAllocs()
	for b.Loop() {
		grammar.ParseFile("x", s.String())
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rules/s")
}
