package compile

import (
	"maps"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Accept lets the packet pass this hook's table.
type Accept struct{}

// Drop discards the packet.
type Drop struct{}

// Return goes back to the calling chain, or to the policy of a chain with a hook.
type Return struct{}

// Jump calls another chain. With Goto the called chain returns to where this
// chain would have returned.
type Jump struct {
	Chain string
	Goto  bool
	at    ast.Range
}

// Extension implements Target.
func (Accept) Extension() string { return "ACCEPT" }

// Extension implements Target.
func (Drop) Extension() string { return "DROP" }

// Extension implements Target.
func (Return) Extension() string { return "RETURN" }

// Extension implements Target.
func (*Jump) Extension() string { return "jump" }

// Ends implements Target.
func (Accept) Ends() bool { return true }

// Ends implements Target.
func (Drop) Ends() bool { return true }

// Ends implements Target.
func (Return) Ends() bool { return true }

// Ends implements Target.
func (j *Jump) Ends() bool { return j.Goto }

func (c *ruleCompiler) takeJump(g given) {
	if c.hasJump {
		c.twice(g)
		return
	}
	c.hasJump, c.isGoto, c.jump = true, g.name == "goto", g.value()
	name := c.jump.Text
	if c.isGoto || c.table.chains[name] != nil && findTarget(name, c.family) == nil {
		return
	}
	ext := findTarget(name, c.family)
	switch {
	case ext != nil && ext.target != nil:
		c.target = c.newCall(ext, g.at)
	case ext != nil:
		c.opaque = true
		c.report(diag.Unsupported, c.jump.Range, "-j "+name+" is not translated", ext.reason,
			"Rewrite the rule, or leave it out knowingly with --partial.")
	}
}

// chainTarget checks that the chain of -j or -g is there.
func (c *ruleCompiler) chainTarget() Target {
	name := c.jump.Text
	ch := c.table.chains[name]
	switch {
	case ch == nil:
		c.noTarget(name)
		return nil
	case ch.Hook != NoHook:
		c.report(diag.NoSuchTarget, c.jump.Range, "the built-in chain "+name+" cannot be called",
			"The kernel calls it at its hook; iptables refuses the rule.", "Call a chain of your own.")
		return nil
	}
	return &Jump{Chain: name, Goto: c.isGoto, at: c.jump.Range}
}

func (c *ruleCompiler) noTarget(name string) {
	candidates := extensionNames(true, c.family)
	if len(c.table.chains) <= mostCandidates {
		candidates = slices.AppendSeq(slices.Clone(candidates), maps.Keys(c.table.chains))
	}
	candidates = slices.Sorted(slices.Values(candidates))
	if up := strings.ToUpper(name); findTarget(up, c.family) != nil {
		candidates = []string{up}
		name = up + "?"
	}
	c.report(diag.NoSuchTarget, c.jump.Range, "there is no target or chain \""+c.jump.Text+"\" here",
		"iptables refuses the file.", strings.TrimSpace(didYouMean(closest(name, candidates))+" A chain must be created before it is used."))
}
