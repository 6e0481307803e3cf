package compile

import (
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/grammar"
)

// A value is a value whatever it looks like, as getopt_long takes it.
func TestValuesThatLookLikeOptions(t *testing.T) {
	for _, tc := range []struct {
		rule string
		want []string // the options, as name=values
	}{
		{`-A INPUT -m comment --comment -6 -j DROP`, []string{"-m=comment", "--comment=-6", "-j=DROP"}},
		{`-A INPUT -m recent --set --name -4 -j DROP`, []string{"-m=recent", "--set", "--name=-4", "-j=DROP"}},
		{`-A INPUT -j LOG --log-prefix --ipv6`, []string{"-j=LOG", "--log-prefix=--ipv6"}},
		{`-A INPUT -i -6 -j DROP`, []string{"-i=-6", "-j=DROP"}},
		{`-A INPUT -m comment --comment -A -j DROP`, []string{"-m=comment", "--comment=-A", "-j=DROP"}},
		{`-A INPUT -m comment --comment -t -j DROP`, []string{"-m=comment", "--comment=-t", "-j=DROP"}},
		{`-A INPUT -m comment --comment -j -j DROP`, []string{"-m=comment", "--comment=-j", "-j=DROP"}},
		{`-A INPUT -m comment --comment --app=x -j DROP`, []string{"-m=comment", "--comment=--app=x", "-j=DROP"}},
		{`-A INPUT -m comment --comment -ieth0 -j DROP`, []string{"-m=comment", "--comment=-ieth0", "-j=DROP"}},
		{`-A INPUT -m comment --comment ! -j DROP`, []string{"-m=comment", "--comment=!", "-j=DROP"}},
		{`-A INPUT -m recent --set --name -- -j DROP`, []string{"-m=recent", "--set", "--name=--", "-j=DROP"}},
		{`-A INPUT -m comment --comm -6 -j DROP`, []string{"-m=comment", "--comm=-6", "-j=DROP"}},
		{`-A INPUT -p tcp --dport -6 -j DROP`, []string{"-p=tcp", "--dport=-6", "-j=DROP"}},
		{`-A INPUT -j LOG "--log-prefix=a b"`, []string{"-j=LOG", "--log-prefix=a b"}},
		{`"-A" INPUT -j DROP`, []string{"-j=DROP"}},
		{`--app INPUT -j DROP`, []string{"-j=DROP"}},
		{`[1:2]-A INPUT -j DROP`, []string{"-j=DROP"}},
		{`-A INPUT -p tcp ! --syn -j DROP`, []string{"-p=tcp", "!--syn", "-j=DROP"}},
		{`-A INPUT -s ! 192.0.2.1 -j DROP`, []string{"!-s=192.0.2.1", "-j=DROP"}},
		{`-A INPUT -m recent --set --rsource -j DROP`, []string{"-m=recent", "--set", "--rsource", "-j=DROP"}},
	} {
		f, l := grammar.Parse("in.rules", "*filter\n"+tc.rule+"\nCOMMIT\n", grammar.Options{Syntax: Syntax{}})
		if l.HasErrors() || len(f.Entries) != 3 {
			t.Errorf("%s: %v, %d entries", tc.rule, l, len(f.Entries))
			continue
		}
		r := f.Entries[1].(*ast.Rule)
		if r.Only != ast.FamilyUnknown || r.Op != ast.Append || r.Chain.Text != "INPUT" {
			t.Errorf("%s: only %v, %s %s", tc.rule, r.Only, r.Op.Flag(), r.Chain.Text)
		}
		if diff := cmp.Diff(tc.want, shown(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.rule, diff)
		}
	}
}

func shown(r *ast.Rule) (out []string) {
	for _, o := range r.Options(nil) {
		s := o.Name
		if o.Not {
			s = "!" + s
		}
		for i, v := range o.Values {
			s += []string{"=", " "}[min(i, 1)] + v.Text
		}
		out = append(out, s)
	}
	return out
}

// -4 and -6 as options still leave a rule to its family.
func TestFamilyOption(t *testing.T) {
	text := "*filter\n-A INPUT -6 -s 2001:db8::1 -j DROP\n-A INPUT -4 -s 192.0.2.1 -j DROP\n-A INPUT -m comment --comment -6 -j DROP\nCOMMIT\n"
	f, l := grammar.Parse("rules", text, grammar.Options{Syntax: Syntax{}})
	programs, more := Compile([]*ast.File{f}, Options{})
	if l.HasErrors() || more.HasErrors() || len(programs) != 2 {
		t.Fatal(l, more, len(programs))
	}
	for _, p := range programs {
		if n := len(p.Chain("filter", "INPUT").Rules); n != 2 {
			t.Errorf("%v: %d rules, not 2", p.Family, n)
		}
	}
}

// hostile are values that something on the way might take for what they are not.
var hostile = []string{
	"-4", "-6", "--ipv6", "--ipv4", "-A", "-t", "-j", "-c", "--", "-", "!", "", " ", "a b", `"`, `\`, "010", "0x10", "-1", "+1", "#", "# x", "$(x)", "`x`", ";", "%s",
	"COMMIT", "*filter", ":X", "-j ACCEPT", "-m recent", "[1:2]", "--comment", "--app", "--log-prefix=a b", "-ieth0", "é\u202e", "\x1b[2J", "\x07", strings.Repeat("x", 5000),
}

// Every kind of hostile value behind every option of every extension: the rule is in
// the Program or an error, never neither.
func TestHostileValues(t *testing.T) {
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewSource(seed))
	for _, ext := range extensions {
		for i := range ext.options {
			for _, v := range hostile {
				hostileValue(t, random, ext, &ext.options[i], v)
			}
		}
	}
	for i := range coreOptions {
		for _, v := range hostile {
			hostileValue(t, random, nil, &coreOptions[i], v)
		}
	}
}

func hostileValue(t *testing.T, random *rand.Rand, ext *extension, o *option, value string) {
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
	if random.Intn(2) == 0 && value != "" && !strings.ContainsAny(value, " \"\\") {
		quoted = value
	}
	load, end := "", " -j DROP"
	switch {
	case ext != nil && ext.isTarget():
		load, end = " -j "+ext.name, ""
	case ext != nil:
		load = " -m " + ext.name
	}
	protocol := []string{"", " -p tcp", " -p udp"}[random.Intn(3)]
	bang := []string{"", " !"}[random.Intn(2)]
	checkAccount(t, "-A INPUT"+protocol+load+bang+" --"+o.name+" "+quoted+end)
}

func checkAccount(t *testing.T, rule string) {
	t.Helper()
	f, l := grammar.Parse("rules.v4", "*filter\n"+rule+"\nCOMMIT\n", grammar.Options{Syntax: Syntax{}})
	programs, more := Compile([]*ast.File{f}, Options{})
	if l.HasErrors() || more.HasErrors() {
		return
	}
	n := 0
	for _, p := range programs {
		for _, c := range p.Chains {
			n += len(c.Rules)
		}
	}
	if n == 0 {
		t.Errorf("%q is in no program, and nothing says so", rule)
	}
}
