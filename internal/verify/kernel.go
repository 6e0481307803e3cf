package verify

import (
	"errors"
	"fmt"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// kernelSide is the original as the kernel runs it, with xt_recent.
type kernelSide struct {
	*bench
	loads []load
	// initial are the counters that the original's own text sets.
	initial counters
}

func (k *kernelSide) candidates() []lab.Candidate {
	return []lab.Candidate{{Name: original, Load: k.load}}
}

// finish reads the counters. What became of the packets, the lab has seen itself.
func (k *kernelSide) finish(_ *run, _ lab.Trace, l *lab.Lab, _ *lab.Result) (counters, error) {
	counts, err := k.count(l.Namespace(original))
	return counts.since(k.initial), err
}

func (k *kernelSide) try() (again bool, err error) {
	k.loads = k.originals()
	err = lab.WithNamespace(func(ns *lab.Namespace) error {
		if err := k.load(ns); err != nil {
			return err
		}
		k.initial, err = k.count(ns)
		return err
	})
	var refused *lab.ToolError
	if !errors.As(err, &refused) {
		return false, err
	}
	again, alone := k.leaveRefused()
	if alone != nil || again {
		return again, alone
	}
	return false, fmt.Errorf("the original rules do not load here: %w", err)
}

func (k *kernelSide) load(ns *lab.Namespace) error {
	if err := k.loadSets(ns); err != nil {
		return err
	}
	for i := range k.loads {
		if err := k.loads[i].into(ns); err != nil {
			return err
		}
	}
	return nil
}

// loadSets makes the sets of ipset that rules may name.
func (b *bench) loadSets(ns *lab.Namespace) error {
	if b.IPSets == "" {
		return nil
	}
	if _, err := ns.Run(b.IPSets, "ipset", "-exist", "restore"); err != nil {
		return fmt.Errorf("the sets do not load here: %v", err)
	}
	return nil
}

// A load is one text for iptables-legacy-restore.
type load struct {
	family ast.Family
	text   string
	keep   bool // the rules that are there stay
}

func tool(f ast.Family, name string) string {
	if f == ast.IPv6 {
		return "ip6tables-legacy-" + name
	}
	return "iptables-legacy-" + name
}

func (l *load) into(ns *lab.Namespace) error {
	args := []string{"-w", "30"}
	if l.keep {
		args = append(args, "-n")
	}
	_, err := ns.Run(l.text, tool(l.family, "restore"), args...)
	return err
}

// originals are the texts to load, one for each file and family.
func (b *bench) originals() (out []load) {
	for _, f := range b.files {
		for _, family := range families(f, b.Compile) {
			if f.Style == ast.Commands {
				out = append(out, load{family, b.commands(f, family), true})
			} else {
				out = append(out, load{family, b.saved(f), false})
			}
		}
	}
	return out
}

// saved is a save file as it stands, with the lines of what is left out made comments.
func (b *bench) saved(f *ast.File) string {
	lines := strings.Split(strings.ReplaceAll(f.Text, "\r\n", "\n"), "\n")
	for _, e := range f.Entries {
		r, ok := e.(*ast.Rule)
		if !ok || b.out[r] == "" {
			continue
		}
		for n := r.Start.Line; n <= max(r.Start.Line, lastLine(r.Range)) && int(n) <= len(lines); n++ {
			lines[n-1] = "# left out"
		}
	}
	// iptables-restore refuses a last line without an end.
	return strings.Join(lines, "\n") + "\n"
}

func lastLine(r ast.Range) uint32 {
	if r.End.Column <= 1 {
		return r.End.Line - 1
	}
	return r.End.Line
}

// commands writes a list of commands as sections that add to what is there.
func (b *bench) commands(f *ast.File, family ast.Family) string {
	out := &ast.File{Style: ast.Save}
	eachRule(f, func(table string, r *ast.Rule) {
		if b.out[r] != "" || r.Op == ast.List || r.Op == ast.Check || r.Family != ast.FamilyUnknown && r.Family != family {
			return
		}
		c := *r
		all := c.Operand()
		all.Table = ast.Word{}
		c.SetOperand(all)
		c.Family = ast.FamilyUnknown
		out.Entries = append(out.Entries, &ast.Table{Name: ast.Word{Text: table}}, &c, &ast.Commit{})
	})
	return ast.Print(out)
}

// leaveRefused tries every rule alone and leaves out those that the kernel does not take.
func (b *bench) leaveRefused() (again bool, err error) {
	for _, p := range b.programs {
		for _, c := range p.Chains {
			for _, r := range c.Rules {
				at := b.ruleAt(r.File.Name, r.Range, r.Ran)
				if at == nil || b.out[at] != "" {
					continue
				}
				reason, err := b.refusal(p, c, at)
				if err != nil {
					return false, err
				}
				if reason != "" {
					b.out[at], again = "the kernel does not load it here: "+reason, true
				}
			}
		}
	}
	return again, nil
}

// refusal is what iptables says about a rule alone, empty if it takes it.
func (b *bench) refusal(p *compile.Program, c *compile.Chain, r *ast.Rule) (string, error) {
	f := &ast.File{Style: ast.Save, Entries: []ast.Entry{&ast.Table{Name: ast.Word{Text: c.Table}}}}
	for _, other := range p.Chains {
		if other.Table == c.Table && other.Hook == compile.NoHook {
			f.Entries = append(f.Entries, &ast.Chain{Name: ast.Word{Text: other.Name}, Policy: ast.Word{Text: "-"}})
		}
	}
	alone := *r
	alone.Op, alone.Family = ast.Append, ast.FamilyUnknown
	alone.SetOperand(ast.Operands{Arg: r.Operand().Arg})
	f.Entries = append(f.Entries, &alone, &ast.Commit{})
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		if err := b.loadSets(ns); err != nil {
			return err
		}
		return (&load{family: p.Family, text: ast.Print(f)}).into(ns)
	})
	var refused *lab.ToolError
	if errors.As(err, &refused) {
		line, _, _ := strings.Cut(refused.Stderr, "\n")
		return line, nil
	}
	return "", err
}
