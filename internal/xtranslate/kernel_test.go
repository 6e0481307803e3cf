package xtranslate

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/lab"
)

// The candidates of a case.
const original, theirs, ours = "xtables", "iptables-translate", "recentc"

// TestCases sends the packets of each case to the rule, to what iptables-translate
// makes of it and to what recentc makes of it.
func TestCases(t *testing.T) {
	lab.RequireTools(t, "iptables-restore-translate", "ip6tables-restore-translate", "iptables-legacy", "ip6tables-legacy")
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if c.Refused != "" {
				checkRefused(t, &c)
			}
			r := c.result(t)
			if d := r.Diff(original, ours); len(d) > 0 && !c.Unsupported {
				t.Errorf("recentc differs:\n%v", d)
			}
			d := r.Diff(original, theirs)
			switch {
			case len(d) == 0 && version(t) != Version:
				t.Skipf("iptables-translate %s gets it right", version(t))
			case len(d) == 0:
				t.Errorf("iptables-translate does not differ: %s", c.Shows)
			}
			t.Log(d)
		})
	}
}

// result runs a case, one with a time after it is there.
func (c *Case) result(t *testing.T) lab.Result {
	t.Helper()
	switch {
	case c.Stop == "":
		return c.run(t, func() {})
	case c.Zone != "":
		return c.stopping(time.Now().Add(-time.Hour)).run(t, func() {})
	}
	for range 20 {
		stop := time.Now().Truncate(time.Second).Add(2 * time.Second)
		r := c.stopping(stop).run(t, func() { time.Sleep(time.Until(stop.Add(300 * time.Millisecond))) })
		if time.Since(stop) < 900*time.Millisecond {
			return r
		}
	}
	t.Fatal("the machine was late every time")
	return lab.Result{}
}

// stopping is the case with another time in the rule.
func (c *Case) stopping(stop time.Time) *Case {
	moved := *c
	moved.Rule = strings.ReplaceAll(c.Rule, c.Stop, stop.UTC().Format("2006-01-02T15:04:05"))
	return &moved
}

// run loads the rules and sends the packets when wait is over.
func (c *Case) run(t *testing.T, wait func()) lab.Result {
	t.Helper()
	l, err := lab.New(lab.Config{Hook: c.Hook, In: c.In, Candidates: []lab.Candidate{
		c.prepared(legacy(c)), c.prepared(c.nft(theirs, c.theirScript(t))), c.prepared(c.nft(ours, c.ourScript(t))),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	wait()
	r, err := l.Run(t.Context(), c.Packets)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func legacy(c *Case) lab.Candidate {
	if c.Family == ast.IPv6 {
		return lab.Legacy(original, "", c.Rules())
	}
	return lab.Legacy(original, c.Rules(), "")
}

// nft is a candidate that is loaded in the time zone of the case.
func (c *Case) nft(name, script string) lab.Candidate {
	zone := c.Zone
	if zone == "" {
		zone = "UTC0"
	}
	return lab.Candidate{Name: name, Load: func(ns *lab.Namespace) error {
		_, err := ns.Run(script, "env", "TZ="+zone, "nft", "-f", "-")
		return err
	}}
}

// prepared loads a candidate after what the case prepares.
func (c *Case) prepared(candidate lab.Candidate) lab.Candidate {
	load := candidate.Load
	candidate.Load = func(ns *lab.Namespace) error {
		if c.Prepare != nil {
			if err := c.Prepare(ns); err != nil {
				return err
			}
		}
		if err := load(ns); err != nil || c.Watch == "" {
			return err
		}
		return lab.NFT("", c.Watch).Load(ns)
	}
	return candidate
}

// ourScript is what recentc makes of the rules.
func (c *Case) ourScript(t *testing.T) string {
	t.Helper()
	f, l := grammar.ParseFile("rules", c.Rules())
	programs, more := compile.Compile([]*ast.File{f}, compile.Options{Family: c.Family})
	out, most := nft.Translate(programs, nft.Options{})
	if l = append(append(l, more...), most...); c.Unsupported && l.HasErrors() {
		return ""
	} else if l.HasErrors() || c.Unsupported {
		var b strings.Builder
		diag.Text{}.Write(&b, l)
		t.Fatal(b.String())
	}
	return out.Text
}

// comment is a rule that iptables-restore-translate leaves out.
var comment = regexp.MustCompile(`(?m)^# -t .*$`)

// theirScript is what the machine's iptables-restore-translate makes of the rules. A
// rule that this version does not know is put in as a newer one writes it.
func (c *Case) theirScript(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rules")
	if err := os.WriteFile(file, []byte(c.Rules()), 0o600); err != nil {
		t.Fatal(err)
	}
	script := output(t, c.Tool()+"-restore-translate", "-f", file)
	if left := comment.FindAllString(script, -1); len(left) > 1 && c.Theirs() != "" {
		t.Fatalf("%s leaves out rules that are to show the effect:\n%s", c.Tool(), script)
	}
	return c.chains() + comment.ReplaceAllString(script, c.Newer)
}

// chains are the chains of all rules: for a comment iptables-restore-translate makes none.
func (c *Case) chains() string {
	var b strings.Builder
	for _, r := range append(append([]string{c.Rule}, c.Before...), c.After...) {
		args := strings.Fields(r)
		family := map[ast.Family]string{ast.IPv4: "ip", ast.IPv6: "ip6"}[c.Family]
		hook := strings.ToLower(args[3])
		kind, priority := "filter", args[1]
		switch {
		case args[1] == "nat":
			kind, priority = "nat", "-100"
		case args[1] == "mangle" && hook == "output":
			kind = "route"
		}
		fmt.Fprintf(&b, "add table %s %s\nadd chain %[1]s %[2]s %s { type %s hook %s priority %s; }\n", family, args[1], args[3], kind, hook, priority)
	}
	return b.String()
}

// version is that of the machine's iptables-translate.
func version(t *testing.T) string {
	t.Helper()
	fields := strings.Fields(output(t, "iptables-translate", "-V"))
	if len(fields) < 2 {
		t.Fatal("iptables-translate tells no version")
	}
	return strings.TrimPrefix(fields[1], "v")
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// checkRefused holds that the kernel does not take the rule as it is refused.
func checkRefused(t *testing.T, c *Case) {
	t.Helper()
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		_, err := ns.Run("", c.Tool()+"-legacy", append([]string{"-w", "30"}, strings.Fields(c.Refused)...)...)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "Invalid argument") {
		t.Errorf("the kernel answers %v to %s", err, c.Refused)
	}
}

// TestPrinted holds that the page shows what iptables-translate prints, where the
// machine has the version that it speaks of.
func TestPrinted(t *testing.T) {
	lab.RequireTools(t, "iptables-translate", "ip6tables-translate")
	if v := version(t); v != Version {
		t.Skipf("the page is about iptables-translate %s, here is %s", Version, v)
	}
	for _, c := range Cases() {
		got := strings.TrimSpace(output(t, c.Tool()+"-translate", strings.Fields(c.Rule)...))
		want := "nft '" + c.Prints + "'"
		if c.Prints == "" {
			want = "nft # " + c.Rule
		}
		if got != want {
			t.Errorf("%s: iptables-translate prints\n%s\nnot\n%s", c.Name, got, want)
		}
	}
}
