package compile

import (
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// ruleCompiler turns one written rule into the rules that it means: one, or
// several where -s and -d list addresses.
type ruleCompiler struct {
	opts   *Options
	family ast.Family
	table  *table
	chain  *Chain
	rule   *ast.Rule
	source
	diags  *diag.List
	failed bool
	// opaque is set once an extension is met whose options are not known.
	opaque bool
	// other is set by -4 and -6 where the rule is one of the other family's.
	other bool

	core    core
	calls   []*call
	target  *call
	jump    ast.Word
	isGoto  bool
	hasJump bool
	lists   bool

	*workspace
}

// source is where a rule comes from, as messages about it need it.
type source struct {
	file  *ast.File
	whole ast.Range
	ran   string // see Rule
}

// diagnostic is one about the place r of the rule, or about the whole rule.
func (s *source) diagnostic(sev diag.Severity, code diag.Code, r ast.Range, summary, why, fix string) diag.Diagnostic {
	if r.Start.Line == 0 {
		r = s.whole
	}
	return diag.Diagnostic{
		Code: code, Severity: sev, File: s.file.Name, Range: r,
		Summary: summary, Why: why, Fix: fix, Line: s.file.Line(r.Start.Line), Command: s.ran, Rule: inexpressible(code),
	}
}

// report adds an error about this rule.
func (c *ruleCompiler) report(code diag.Code, r ast.Range, summary, why, fix string) {
	c.failed = true
	c.add(diag.Error, code, r, summary, why, fix)
}

// warn adds a warning; the rule is still translated.
func (c *ruleCompiler) warn(code diag.Code, r ast.Range, summary, why, fix string) {
	c.add(diag.Warning, code, r, summary, why, fix)
}

func (c *ruleCompiler) add(s diag.Severity, code diag.Code, r ast.Range, summary, why, fix string) {
	c.diags.Add(c.diagnostic(s, code, r, summary, why, fix))
}

// inexpressible tells a rule that iptables takes, and that can be left out under
// --partial, from a rule that is wrong.
func inexpressible(code diag.Code) bool {
	return code == diag.Unsupported || code == diag.UnknownMatch || code == diag.HostName
}

// compile returns the rules, in a slice that the next rule uses again; none where an
// error was reported.
func (c *ruleCompiler) compile() []*Rule {
	c.resolve()
	if c.failed || c.other {
		return nil
	}
	steps := c.matchSteps()
	target := c.buildTarget()
	c.checkCore()
	if c.failed {
		return nil
	}
	return c.expand(steps, target)
}

// expand makes one rule of each pair of listed addresses, as iptables does:
// every pair is a rule with a counter and a state of its own.
func (c *ruleCompiler) expand(steps []Step, target Target) []*Rule {
	sources, dests := c.core.addresses(SourceSide), c.core.addresses(DestSide)
	if !c.fewPairs(len(sources), len(dests)) {
		return nil
	}
	for _, s := range sources {
		for _, d := range dests {
			c.all = append(c.core.steps(c.all[:0], s, d), steps...)
			c.out = append(c.out, c.rules.keepOne(Rule{
				File: c.file, Range: c.rule.Range, Source: c.rule.Source, Ran: c.ran, Counters: c.core.counters(c.rule),
				Steps: c.kept.keep(c.all...), Target: target, Lists: c.lists,
			}))
		}
	}
	return c.out
}

func (c *ruleCompiler) matchSteps() []Step {
	for _, m := range c.calls {
		if !c.protocolFits(m) {
			continue
		}
		if s := m.ext.match(m); s != nil {
			c.steps = append(c.steps, s)
			c.lists = c.lists || s.Kind() == ListStep
		}
	}
	return c.steps
}

// protocolFits checks that an extension of one protocol stands behind its -p.
func (c *ruleCompiler) protocolFits(m *call) bool {
	want := m.ext.protocols
	if len(want) == 0 {
		return true
	}
	if m.protocolIs(want...) || len(want) == 1 && c.onlyProtocol(m.at, m.describe(), want[0]) {
		return true
	}
	c.report(diag.NeedsProtocol, m.at, m.describe()+" needs -p "+protocolName(want[0], c.family),
		"iptables refuses the rule.", "Add -p "+protocolName(want[0], c.family)+" to the rule.")
	return false
}

func (c *ruleCompiler) buildTarget() Target {
	switch {
	case !c.hasJump:
		return nil
	case c.target != nil:
		if !c.protocolFits(c.target) {
			return nil
		}
		if t := c.target.ext.target(c.target); t != nil {
			return t
		}
		return nil
	}
	return c.chainTarget()
}
