package compile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
)

// compileText compiles one input, with the grammar's diagnostics in front.
func compileText(text string, opts compile.Options) ([]*compile.Program, diag.List) {
	f, diags := grammar.ParseFile("in", text)
	programs, l := compile.Compile([]*ast.File{f}, opts)
	return programs, append(diags, l...)
}

// codes lists the places and codes of diagnostics.
func codes(l diag.List) string {
	var out []string
	for _, d := range l {
		out = append(out, fmt.Sprintf("%s %s", d.Range, d.Code))
	}
	return strings.Join(out, " ")
}

// rule wraps the options of one rule of INPUT; they begin in column 10 of line 2.
func rule(options string) string { return "*filter\n-A INPUT " + options + "\nCOMMIT\n" }

// TestRecentChecks holds what is refused and warned of in one -m recent.
func TestRecentChecks(t *testing.T) {
	old, middle := compile.Version{Major: 3, Minor: 2}, compile.Version{Major: 5, Minor: 10}
	for _, c := range []struct {
		options string
		want    string
		opts    compile.Options
	}{
		{options: "-m recent", want: "2:10 RC1201"},
		{options: "-m recent --name X --seconds 5", want: "2:10 RC1201"},
		{options: "-m recent --set --rcheck", want: "2:26 RC1202"},
		{options: "-m recent --set --set", want: "2:26 RC1202"},
		{options: "-m recent --update -m recent --remove", want: ""},
		{options: "-m recent --set --seconds 5", want: "2:26 RC1203"},
		{options: "-m recent --remove --hitcount 5", want: "2:29 RC1203"},
		{options: "-m recent --set --hitcount 0", want: ""},
		{options: "-m recent --set --rttl", want: "2:26 RC1204"},
		{options: "-m recent --remove --reap", want: "2:29 RC1205"},
		{options: "-m recent --set --seconds 5 --reap --rttl --hitcount 2", want: "2:26 RC1203 2:38 RC1205 2:45 RC1204 2:52 RC1203"},
		{options: "-m recent --rcheck --reap", want: "2:29 RC1206"},
		{options: "-m recent --rcheck --seconds 5 --reap", want: ""},
		{options: "-m recent --rcheck --seconds 0", want: "2:39 RC1207"},
		{options: "-m recent --rcheck --seconds 4294967296", want: "2:39 RC1207"},
		{options: "-m recent --rcheck --seconds x", want: "2:39 RC1207"},
		{options: "-m recent --rcheck --seconds -5", want: "2:39 RC1213"},
		{options: "-m recent --rcheck --seconds -2147483649", want: "2:39 RC1207"},
		{options: "-m recent --rcheck --seconds 4294967", want: ""},
		{options: "-m recent --rcheck --seconds 4294968", want: "2:39 RC1213"},
		{options: "-m recent --rcheck --seconds -1", want: "2:39 RC1213"},
		{options: "-m recent --rcheck --seconds 0x10 --hitcount 0x10", want: ""},
		{options: "-m recent --rcheck --hitcount 65535", want: ""},
		{options: "-m recent --rcheck --hitcount 65536", want: "2:29 RC1208"},
		{options: "-m recent --rcheck --hitcount 20", want: "", opts: compile.Options{Kernel: old}},
		{options: "-m recent --rcheck --hitcount 21", want: "2:29 RC1208", opts: compile.Options{Kernel: old}},
		{options: "-m recent --rcheck --hitcount 21", want: "", opts: compile.Options{Kernel: old, IPPktListTot: 50}},
		{options: "-m recent --rcheck --hitcount 51", want: "2:29 RC1208", opts: compile.Options{IPPktListTot: 50}},
		{options: "-m recent --rcheck --hitcount 255", want: "", opts: compile.Options{Kernel: middle}},
		{options: "-m recent --rcheck --hitcount 256", want: "2:29 RC1208", opts: compile.Options{Kernel: middle}},
		{options: "-m recent --rcheck --hitcount -3", want: "2:40 RC1107"},
		{options: "-m recent --set --name a/b", want: "2:33 RC1209"},
		{options: "-m recent --set --name ..", want: "2:33 RC1209"},
		{options: "-m recent --set --name \"\"", want: "2:33 RC1209"},
		{options: "-m recent --set --name " + strings.Repeat("a", 199), want: ""},
		{options: "-m recent --set --name " + strings.Repeat("a", 200), want: "2:33 RC1210"},
		{options: "-m recent --set --mask 24", want: "2:33 RC1211"},
		{options: "-m recent --set --mask 255.255.255.0", want: ""},
		{options: "-m recent --set --mask x", want: "2:33 RC1107"},
		{options: "-m recent --set --mask 1.2.3.4.5", want: "2:33 RC1107"},
		{options: "-m recent --set --rsource --rdest", want: "2:36 RC1214"},
		{options: "-m recent --set --name A --name B", want: "2:35 RC1105"},
		{options: "-m recent --rcheck ! --seconds 5", want: "2:29 RC1106"},
		{options: "-m recent --rcheck --seconds ! 5", want: "2:29 RC1106"},
		{options: "-m recent ! --name X --set", want: "2:20 RC1106"},
		{options: "-m recent ! --rcheck --seconds 5 -m recent ! --update -m recent ! --remove -m recent ! --set", want: ""},
		{options: "-m recent --check", want: "2:20 RC1101"},
		{options: "-m recent --up --sec 5 --hit 3 --na X --rd", want: ""},
		{options: "-m recent --set --r", want: "2:26 RC1102"},
		{options: "-m recent --set --seconds", want: "2:26 RC1103"},
		{options: "-m recent --set --name a b", want: "2:35 RC1104"},
		{options: "--set -m recent", want: "2:10 RC1101"},
	} {
		t.Run(c.options, func(t *testing.T) {
			_, diags := compileText(rule(c.options), c.opts)
			if diff := cmp.Diff(c.want, codes(diags)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestDidYouMean holds the remedies for options that are nearly right.
func TestDidYouMean(t *testing.T) {
	for options, want := range map[string]string{
		"-m recent --check":                       "--rcheck",
		"-m recent --hitcout 4":                   "--hitcount",
		"-m recent --second 4 --rcheck --namme X": "--name",
		"-p tcp --dprt 22":                        "",
		"--dport 22":                              "-p tcp",
		"-p tcp -dport 22":                        "--dport",
		"-j DORP":                                 "DROP",
		"-j accept":                               "ACCEPT",
		"-m recnt --set":                          "recent",
		"-p tpc":                                  "tcp",
		"-m recent \u2013\u2013set":               "--",
	} {
		_, diags := compileText(rule(options), compile.Options{})
		if len(diags) == 0 || !strings.Contains(diags[0].Fix, want) {
			t.Errorf("%s: no hint at %s: %+v", options, want, diags)
		}
	}
}

// steps writes the steps of a rule that concern lists.
func steps(r *compile.Rule) string {
	var out []string
	for _, s := range r.Steps {
		switch s := s.(type) {
		case *compile.Record:
			out = append(out, fmt.Sprintf("record %s side=%d iflisted=%v ttl=%v", s.List.Name, s.Side, s.IfListed, s.TTL))
		case *compile.Seen:
			out = append(out, fmt.Sprintf("seen %s side=%d %ds/%d ttl=%v not=%v", s.List.Name, s.Side, s.Ring.Window, s.Ring.Hits, s.TTL, s.Not))
		case *compile.Forget:
			out = append(out, fmt.Sprintf("forget %s side=%d not=%v", s.List.Name, s.Side, s.Not))
		case *compile.Never:
			out = append(out, "never")
		default:
			out = append(out, s.Extension())
		}
	}
	return strings.Join(out, "; ")
}

// TestRecentMeaning holds what each operation is made of.
func TestRecentMeaning(t *testing.T) {
	for options, want := range map[string]string{
		"-m recent --set -j DROP":    "record DEFAULT side=0 iflisted=false ttl=false",
		"-m recent ! --set -j DROP":  "record DEFAULT side=0 iflisted=false ttl=false; never",
		"-m recent --rcheck -j DROP": "seen DEFAULT side=0 0s/1 ttl=false not=false",
		"-m recent --rcheck":         "seen DEFAULT side=0 0s/1 ttl=false not=false",
		"-m recent ! --rcheck --seconds 5 --hitcount 3 --rttl -j DROP": "seen DEFAULT side=0 5s/3 ttl=true not=true",
		"-m recent --update --seconds 5 --rdest -j DROP":               "seen DEFAULT side=1 5s/1 ttl=false not=false; record DEFAULT side=1 iflisted=false ttl=false",
		"-m recent ! --update --seconds 5 --rttl -j DROP":              "seen DEFAULT side=0 5s/1 ttl=true not=true; record DEFAULT side=0 iflisted=true ttl=true",
		"-m recent --remove -j DROP":                                   "forget DEFAULT side=0 not=false",
		"-m recent ! --remove":                                         "forget DEFAULT side=0 not=true",
		"-p tcp -m recent --set --dport 22 -j DROP":                    "protocol; record DEFAULT side=0 iflisted=false ttl=false; tcp",
	} {
		programs, diags := compileText(rule(options), compile.Options{})
		if len(diags) > 0 {
			t.Fatal(codes(diags))
		}
		if diff := cmp.Diff(want, steps(programs[0].Chains[0].Rules[0])); diff != "" {
			t.Errorf("%s: %s", options, diff)
		}
	}
}

// TestLists holds what is known of a list: its first mask in the kernel's order
// of loading, its windows, its tables.
func TestLists(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"first mask", "*filter\n:Z - [0:0]\n:A - [0:0]\n-A Z -m recent --set --name L --mask 255.0.0.0\n-A A -m recent --set --name L --mask 255.255.0.0\nCOMMIT\n",
			"L mask=255.255.0.0 [{0 1}] [filter]"},
		{"built-in first", "*filter\n:A - [0:0]\n-A A -m recent --set --name L --mask 255.0.0.0\n-A OUTPUT -m recent --set --name L --mask 255.255.0.0\nCOMMIT\n",
			"L mask=255.255.0.0 [{0 1}] [filter]"},
		{"commands in order", "iptables -N A\niptables -A A -m recent --set --name L --mask 255.0.0.0\niptables -A OUTPUT -m recent --set --name L --mask 255.255.0.0\n",
			"L mask=255.0.0.0 [{0 1}] [filter]"},
		{"windows",
			"*filter\n-A INPUT -m recent --rcheck --seconds 60 --hitcount 4 -j DROP\n-A INPUT -m recent --update --seconds 5 -j DROP\n-A INPUT -m recent --rcheck --seconds 60 --hitcount 4 -j DROP\n-A INPUT -m recent --remove -j DROP\nCOMMIT\n",
			"DEFAULT mask=255.255.255.255 [{0 1} {5 1} {60 4}] [filter]"},
		{"two tables", "*raw\n-A PREROUTING -m recent --rcheck --name L -j DROP\nCOMMIT\n*filter\n-A INPUT -m recent --set --name L\nCOMMIT\n",
			"L mask=255.255.255.255 [{0 1}] [raw filter]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			programs, _ := compileText(c.in, compile.Options{})
			l := programs[0].Lists[0]
			got := fmt.Sprintf("%s mask=%s %v %v", l.Name, l.Mask, l.Rings, l.Tables)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
