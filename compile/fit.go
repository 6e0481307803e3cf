package compile

import (
	"slices"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// working are the options that say how iptables shall work, and nothing of a rule. Those
// of always go with every command and in save files too.
var (
	working = []string{"wait", "wait-interval", "numeric", "exact", "line-numbers"}
	always  = []string{"ipv4", "ipv6", "verbose", "modprobe"}
)

// takeWorking warns of an option that iptables-restore refuses in a rule.
func (c *ruleCompiler) takeWorking(g given) {
	if c.file.Style == ast.Save {
		c.warn(diag.ReadAnyway, g.at, "--"+g.name+" in a rule of a save file",
			"iptables-restore refuses it here. It says nothing of the rule, which is read without it.", "Remove it.")
	}
}

// optionsFit refuses the options of a rule where the command has no rule.
func (s *ruleSet) optionsFit(r *ast.Rule) bool {
	if !ruleless(r) {
		return true
	}
	for _, o := range r.Options(nil) {
		if spec := coreSpec(o.Name); spec == nil || !slices.Contains(working, spec.name) && !slices.Contains(always, spec.name) {
			s.report(diag.OptionConflict, o.Range, o.Name+" cannot stand with this command",
				"iptables calls it an illegal option with this command and refuses the line.", "Remove it, or write the command that it belongs to.")
			return false
		}
	}
	return true
}

func coreSpec(name string) *option {
	switch {
	case len(name) == 2:
		return coreShort(name[1])
	case len(name) > 2:
		return lookup(coreOptions, name[2:])
	}
	return nil
}

// ruleless tells whether the command names a chain only, or a rule by its number.
func ruleless(r *ast.Rule) bool {
	switch r.Op {
	case ast.Append, ast.Insert, ast.Replace, ast.Check, ast.List:
		return false
	case ast.Delete:
		return r.Operand().Number.Text != ""
	}
	return true
}
