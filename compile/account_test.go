package compile

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
)

// compileLosing is Compile with a loss between the programs and the account.
func compileLosing(files []*ast.File, opts Options, lose func(*Program)) diag.List {
	var diags diag.List
	sets := ruleSets(files, &opts, &diags)
	var programs []*Program
	for _, family := range []ast.Family{ast.IPv4, ast.IPv6} {
		if s := sets[family]; s != nil {
			programs = append(programs, s.program(files))
			lose(programs[len(programs)-1])
		}
	}
	account(files, sets, programs, &opts, &diags)
	return diags
}

func parsed(t *testing.T, texts ...string) (files []*ast.File) {
	t.Helper()
	for i, text := range texts {
		f, l := grammar.Parse("rules"+strings.Repeat("+", i), text, grammar.Options{Syntax: Syntax{}})
		if l.HasErrors() {
			t.Fatalf("%v", l)
		}
		files = append(files, f)
	}
	return files
}

// codes are what a list says of the account and of replaced tables, with the lines.
func codes(l diag.List) (out []string) {
	for _, d := range l {
		if d.Code == diag.Lost || d.Code == diag.OtherFamily || d.Code == diag.TableReplaced || d.Severity == diag.Error {
			out = append(out, string(d.Code)+" "+d.Severity.String()+" "+d.File+":"+lineOf(d.Range))
		}
	}
	return out
}

// TestAccountFindsLoss takes each rule of an input away in turn, and expects the error
// at its line.
func TestAccountFindsLoss(t *testing.T) {
	many := "*filter\n" + strings.Repeat("-A INPUT -p tcp --dport 22 -j DROP\n", 3*batchRules) + "COMMIT\n"
	for name, text := range map[string]string{
		"save":     "*filter\n:X - [0:0]\n-A INPUT -j X\n-A X -s 10.0.0.1 -j DROP\n-I INPUT -j ACCEPT\nCOMMIT\n*nat\n-A PREROUTING -j ACCEPT\nCOMMIT\n",
		"pairs":    "*filter\n-A INPUT -s 10.0.0.1,10.0.0.2 -d 10.0.0.3,10.0.0.4 -j DROP\n-A INPUT -j ACCEPT\nCOMMIT\n",
		"commands": "iptables -A INPUT -s 10.0.0.1 -j DROP\niptables -A INPUT -j DROP\niptables -D INPUT -j DROP\nip6tables -A INPUT -s ::1 -j DROP\n",
		"equal":    "iptables -A INPUT -j DROP\niptables -A INPUT -j DROP\niptables -D INPUT 1\n",
		"batches":  many,
	} {
		t.Run(name, func(t *testing.T) {
			files := parsed(t, text)
			if got := codes(compileLosing(files, Options{}, func(*Program) {})); got != nil {
				t.Fatalf("nothing is lost, and the account says %v", got)
			}
			programs, _ := Compile(files, Options{})
			for _, p := range programs {
				for c := range p.Chains {
					rules := p.Chains[c].Rules
					for i := 0; i < len(rules); i += 1 + len(rules)/10 {
						got := codes(compileLosing(files, Options{}, func(q *Program) {
							if q.Family == p.Family {
								q.Chains[c].Rules = slices.Delete(q.Chains[c].Rules, i, i+1)
							}
						}))
						if diff := cmp.Diff([]string{"RC1041 error rules:" + lineOf(rules[i].Range)}, got); diff != "" {
							t.Errorf("rule %d of %s is lost (-want +got):\n%s", i, p.Chains[c].Name, diff)
						}
					}
				}
			}
		})
	}
}

func TestAccount(t *testing.T) {
	both := "iptables -A INPUT -s 10.0.0.1 -j DROP\nip6tables -A INPUT -s ::1 -j DROP\niptables -A INPUT -j DROP\n"
	for name, c := range map[string]struct {
		files  []string
		family ast.Family
		want   []string
	}{
		"both families":             {[]string{both}, ast.FamilyUnknown, nil},
		"one of them":               {[]string{both}, ast.IPv6, []string{"RC1027 note rules:1"}},
		"none":                      {[]string{"iptables -A INPUT -j DROP\n"}, ast.IPv6, []string{"RC1027 error rules:1"}},
		"policies only":             {[]string{"iptables -P INPUT DROP\n"}, ast.IPv6, nil},
		"-4 and -6":                 {[]string{"*filter\n-A INPUT -4 -j DROP\n-A INPUT -6 -j DROP\nCOMMIT\n"}, ast.FamilyUnknown, nil},
		"-6 for IPv4":               {[]string{"*filter\n-A INPUT -j DROP\n-A INPUT -6 -j DROP\nCOMMIT\n"}, ast.IPv4, []string{"RC1027 note rules:3"}},
		"flushed":                   {[]string{"iptables -A INPUT -j DROP\niptables -F\n"}, ast.FamilyUnknown, nil},
		"replaced":                  {[]string{"iptables -A INPUT -j DROP\niptables -R INPUT 1 -j ACCEPT\n"}, ast.FamilyUnknown, nil},
		"replaced by two":           {[]string{"iptables -A INPUT -j DROP\niptables -R INPUT 1 -s 10.0.0.1,10.0.0.2 -j ACCEPT\n"}, ast.FamilyUnknown, []string{"RC1111 error rules:2"}},
		"a table in one file twice": {[]string{"*filter\n-A INPUT -j DROP\nCOMMIT\n*filter\nCOMMIT\n"}, ast.FamilyUnknown, []string{"RC1008 warning rules:4"}},
		"a table in two files":      {[]string{"*filter\n-A INPUT -j DROP\nCOMMIT\n", "*filter\n-A INPUT -j ACCEPT\nCOMMIT\n"}, ast.FamilyUnknown, []string{"RC1008 warning rules+:1"}},
		"two tables in two files":   {[]string{"*filter\n-A INPUT -j DROP\nCOMMIT\n", "*nat\n-A PREROUTING -j ACCEPT\nCOMMIT\n"}, ast.FamilyUnknown, nil},
		"a table behind commands":   {[]string{"iptables -A INPUT -j DROP\n", "*filter\nCOMMIT\n"}, ast.FamilyUnknown, []string{"RC1008 warning rules+:1"}},
		"--help":                    {[]string{"*filter\n-A INPUT --help -j DROP\nCOMMIT\n"}, ast.FamilyUnknown, []string{"RC1101 error rules:2"}},
		"-V":                        {[]string{"*filter\n-A INPUT -V -j DROP\nCOMMIT\n"}, ast.FamilyUnknown, []string{"RC1101 error rules:2"}},
		"left out":                  {[]string{"*filter\n-A INPUT -m nosuch -s 10.0.0.1,10.0.0.2 -d 10.0.0.3,10.0.0.4 -j DROP\nCOMMIT\n"}, ast.FamilyUnknown, []string{"RC1108 error rules:2"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, l := Compile(parsed(t, c.files...), Options{Family: c.family})
			if diff := cmp.Diff(c.want, codes(l)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
