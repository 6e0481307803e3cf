package compile

import (
	"fmt"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// extension describes one match or target: what options it has and how they
// become a step. Each has a file of its own, named after it.
type extension struct {
	// name is what -m or -j says.
	name string
	// family is the only family that has it, FamilyUnknown for both.
	family ast.Family
	// protocols are the protocols of which one must be given with -p; empty for any.
	protocols []uint8
	options   []option
	// match builds the step; nil for a target. It reports errors itself and
	// returns nil then. A match without effect returns a Remark step.
	match func(c *call) Step
	// target builds the target; nil for a match.
	target func(c *call) Target
	// reason tells why the extension is not translated; it has no builder then.
	reason string
}

// option is one long option of an extension.
type option struct {
	name string
	// args is how many words follow.
	args int
	// more is how many further words may follow.
	more int
	// not tells that it may be negated.
	not bool
	// multi tells that it may be given more than once.
	multi bool
	// text tells that its value is free text, which may begin with a dash.
	text bool
	// command marks an option that begins a command of its own.
	command bool
	// same is the name under which it is handed to the builder, if another.
	same string
}

// given is an option as a rule gives it.
type given struct {
	// name is the option's full name.
	name   string
	not    bool
	values []ast.Word
	at     ast.Range
	// behindProtocol is true where the rule's -p stands in front of the option.
	behindProtocol bool
}

// value returns the first word, for options that take one.
func (g *given) value() ast.Word { return g.values[0] }

// call is one use of an extension in a rule.
type call struct {
	*ruleCompiler
	ext   *extension
	given []given
	at    ast.Range
}

// get finds an option by its full name, nil if it was not given.
func (c *call) get(name string) *given {
	for i := range c.given {
		if c.given[i].name == name {
			return &c.given[i]
		}
	}
	return nil
}

// has tells whether an option was given.
func (c *call) has(name string) bool { return c.get(name) != nil }

// bad reports a value that is not valid and says what would be.
func (c *call) bad(w ast.Word, format string, args ...any) {
	c.report(diag.BadValue, w.Range, fmt.Sprintf(format, args...), "iptables refuses the rule.", "")
}

// missing reports that one of the named options must be given.
func (c *call) missing(what string) {
	c.report(diag.MissingOption, c.at, c.describe()+" needs "+what, "Without it iptables refuses the rule.", "Add it.")
}

// conflict reports two options that exclude each other.
func (c *call) conflict(g *given, other string) {
	c.report(diag.OptionConflict, g.at, fmt.Sprintf("--%s and --%s exclude each other", g.name, other),
		"iptables refuses the rule.", "Split it into two matches or two rules.")
}

// wrongPlace reports a table or chain in which the extension cannot stand.
func (c *call) wrongPlace(where string) {
	c.report(diag.WrongPlace, c.at, c.describe()+" is only valid "+where,
		"The kernel refuses the table with \"Invalid argument\".", "Move the rule there.")
}

// unsupported reports something that iptables takes and recentc does not translate.
func (c *call) unsupported(r ast.Range, what, fix string) {
	c.report(diag.Unsupported, r, what+" is not translated",
		"Leaving it out would change what the rule does.", fix)
}

func (c *call) describe() string {
	if c.ext.target != nil {
		return "-j " + c.ext.name
	}
	return "-m " + c.ext.name
}
