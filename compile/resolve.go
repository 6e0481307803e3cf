package compile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// resolve hands each written option to the match or target that has it, in the
// way of iptables' getopt: exact names first, iptables' own before those of the
// extensions and the last loaded of these first, then unambiguous beginnings.
func (c *ruleCompiler) resolve() {
	opts := c.rule.Options(&c.options)
	for i := 0; i < len(opts) && !c.other; i++ {
		o := &opts[i]
		kind, spec := c.find(o.Name)
		switch {
		case spec == nil || spec.command:
			c.unknown(o)
		case kind == nil && c.oneDash(o):
		default:
			i += c.take(kind, spec, opts[i:])
		}
	}
}

// find returns the owner and the option for a written name. A nil owner is
// iptables itself.
func (c *ruleCompiler) find(name string) (owner *call, spec *option) {
	if len(name) == 2 {
		return nil, coreShort(name[1])
	}
	long, ok := strings.CutPrefix(name, "--")
	if !ok {
		return nil, nil
	}
	if spec := lookup(coreOptions, long); spec != nil {
		return nil, spec
	}
	if owner, spec := c.exact(long); spec != nil {
		return owner, spec
	}
	if c.loadImplicit(long) {
		return c.exactOrPrefix(long)
	}
	return c.prefix(long)
}

func (c *ruleCompiler) exactOrPrefix(long string) (*call, *option) {
	if owner, spec := c.exact(long); spec != nil {
		return owner, spec
	}
	return c.prefix(long)
}

func lookup(options []option, name string) *option {
	for i := range options {
		if options[i].name == name {
			return &options[i]
		}
	}
	return nil
}

func (c *ruleCompiler) exact(name string) (*call, *option) {
	if c.target != nil {
		if spec := lookup(c.target.ext.options, name); spec != nil {
			return c.target, spec
		}
	}
	for i := len(c.calls) - 1; i >= 0; i-- {
		if spec := lookup(c.calls[i].ext.options, name); spec != nil {
			return c.calls[i], spec
		}
	}
	return nil, nil
}

// prefix finds the only option that begins with name. Two spellings of one
// option count once. "--set" is never the beginning of --set-counters here: it
// stands in front of its -m recent by mistake.
func (c *ruleCompiler) prefix(name string) (owner *call, found *option) {
	seen := ""
	try := func(o *call, options []option) {
		for i := range options {
			full := options[i].fullName()
			if !strings.HasPrefix(options[i].name, name) || name == "set" || (found != nil && seen == full) {
				continue
			}
			if found != nil {
				seen = "*"
			} else {
				owner, found, seen = o, &options[i], full
			}
		}
	}
	try(nil, coreOptions)
	if c.target != nil {
		try(c.target, c.target.ext.options)
	}
	for i := len(c.calls) - 1; i >= 0; i-- { // of several -m of one match the last has it
		try(c.calls[i], c.calls[i].ext.options)
	}
	if seen == "*" {
		return nil, ambiguous
	}
	return owner, found
}

// ambiguous is what prefix returns for a beginning of several options.
var ambiguous = &option{name: "\x00ambiguous"}

func (o *option) fullName() string {
	if o.same != "" {
		return o.same
	}
	return o.name
}

// loadImplicit loads the match of the rule's protocol, as iptables does when it
// meets an option that nobody has: behind the matches loaded so far.
func (c *ruleCompiler) loadImplicit(long string) bool {
	p := c.core.protocol
	if p == nil || c.core.implicit {
		return false
	}
	if _, spec := c.prefix(long); spec != nil {
		return false
	}
	ext := findMatch(protocolName(p.Number, c.family), c.family)
	if ext == nil || ext.match == nil {
		return false
	}
	c.core.implicit = true
	c.calls = append(c.calls, c.newCall(ext, p.at))
	return true
}

// take records an option with its values and returns how many further options
// it has swallowed.
func (c *ruleCompiler) take(owner *call, spec *option, opts []ast.Option) (swallowed int) {
	o := &opts[0]
	if spec == ambiguous {
		c.report(diag.AmbiguousOption, o.Range, o.Name+" is the beginning of several options",
			"iptables cannot tell which is meant and refuses the rule.", "Write the option's whole name.")
		return 0
	}
	if owner == nil && (spec.name == "help" || spec.name == "version") {
		c.showsOnly(o)
		return 0
	}
	values, swallowed := c.values(spec, opts)
	if values == nil && spec.args > 0 {
		return swallowed
	}
	if o.Not && !spec.not {
		c.report(diag.NotNegatable, o.Range, o.Name+" cannot be negated", "iptables refuses the rule.", c.negationFix(spec))
		return swallowed
	}
	c.lateNot(o)
	g := given{name: spec.fullName(), not: o.Not, values: values, at: o.Range, behindProtocol: c.core.protocol != nil}
	if owner == nil {
		c.attached(o, spec)
		c.coreOption(g)
		return swallowed
	}
	if !spec.multi && owner.has(g.name) {
		c.report(diag.OptionTwice, o.Range, "--"+g.name+" is given twice", "iptables takes it once in a match and refuses the rule.",
			"Keep one of them, or write "+owner.describe()+" a second time.")
		return swallowed
	}
	owner.given = append(owner.given, g)
	return swallowed
}

// showsOnly refuses --help, --version and their beginnings, also as letters.
func (c *ruleCompiler) showsOnly(o *ast.Option) {
	c.opaque = true
	c.report(diag.UnknownOption, o.Range, "iptables reads "+o.Name+" as a call for help",
		"iptables-restore shows its help or version there, ends with 0 and loads nothing.", "Remove it, or write the option that is meant with its whole name and two dashes.")
}

// lateNot warns of a "!" behind its option, which only old versions of iptables take.
func (c *ruleCompiler) lateNot(o *ast.Option) {
	if o.NotLate {
		c.warn(diag.ReadAnyway, o.Range, "the \"!\" stands behind "+o.Name,
			"iptables took it there in old versions, and refuses the rule today. It is read as if it stood in front.", "Write ! "+o.Name+".")
	}
}

func (c *ruleCompiler) negationFix(spec *option) string {
	for _, m := range c.calls {
		if m.ext.name == "recent" && lookup(m.ext.options, spec.name) == spec {
			return "Only --set, --rcheck, --update and --remove can be negated: write the \"!\" in front of one of these."
		}
	}
	return "Remove the \"!\"."
}

// values returns the words of an option. A nil result for an option that takes
// words means that an error was reported.
func (c *ruleCompiler) values(spec *option, opts []ast.Option) (values []ast.Word, swallowed int) {
	o := &opts[0]
	values = o.Values
	if len(values) < spec.args && len(opts) > 1 && len(values) == 0 && !opts[1].Not && (spec.text || onlyOption(opts[1].Name)) {
		next := &opts[1] // a value that begins with a dash, in an ast that was made without Syntax
		c.extra(next.Values)
		return []ast.Word{{Text: next.Name, Range: next.Range}}, 1
	}
	if len(values) < spec.args {
		c.report(diag.MissingValue, o.Range, o.Name+" needs "+valueCount(spec.args),
			"The rule ends, or another option begins, where it should stand.", c.valueFix(o))
		return nil, 0
	}
	if n := spec.args; n > 0 && len(values) > n+spec.more && !values[0].Quoted && strings.HasPrefix(values[0].Text, "-") {
		c.opaque = true // the options behind it may be meant otherwise
		c.report(diag.MissingValue, missingAt(o), o.Name+" needs "+valueCount(n),
			"The next word, "+values[0].Text+", is taken for its value, as iptables takes it, and \""+values[n].Text+"\" then belongs to no option.", c.valueFix(o))
		return nil, 0
	}
	n := min(len(values), spec.args+spec.more)
	c.extra(values[n:])
	return values[:n:n], 0
}

// missingAt is the option's name, without the words behind it.
func missingAt(o *ast.Option) ast.Range {
	r := o.Range
	r.End = o.Values[0].Start
	r.End.Column = max(r.Start.Column+1, r.End.Column-1)
	return r
}

// onlyOption tells -4 and -6, behind which a rule might be left out.
func onlyOption(name string) bool {
	return name == "-4" || name == "-6" || name == "--ipv4" || name == "--ipv6"
}

func (c *ruleCompiler) valueFix(o *ast.Option) string {
	if o.Name == "-s" || o.Name == "-d" {
		return "Write the address behind it. Copies of web pages lose what stood in <angle brackets>."
	}
	return "Write it behind " + o.Name + "."
}

func valueCount(n int) string {
	if n == 1 {
		return "a value"
	}
	return "two values"
}

func (c *ruleCompiler) extra(words []ast.Word) {
	if len(words) == 0 {
		return
	}
	w := words[0]
	c.report(diag.ExtraWord, w.Range, "\""+w.Text+"\" belongs to no option", "iptables calls this a bad argument and refuses the rule.",
		cmp.Or(diag.LongDash(w.Text), "Put the whole value in double quotes, or remove the word."))
}

// misread are the options whose value iptables 1.8.9 takes to be the option itself where it
// stands in the same word. [run]
var misread = []string{"protocol", "source", "destination", "in-interface", "out-interface", "jump"}

// attached warns of a value that one version of iptables reads otherwise than all
// others.
func (c *ruleCompiler) attached(o *ast.Option, spec *option) {
	said := len(*c.diags) > 0 && (*c.diags)[len(*c.diags)-1].Code == diag.AttachedValue && (*c.diags)[len(*c.diags)-1].Range.Start.Line == o.Start.Line
	if said || len(o.Values) == 0 || !slices.Contains(misread, spec.fullName()) {
		return
	}
	value := o.Values[0].Start
	line := c.file.Line(value.Line)
	if at := int(value.Column) - 2; value.Line != o.Start.Line || at < 0 || at >= len(line) || !strings.ContainsRune("="+o.Name[1:], rune(line[at])) {
		return
	}
	c.warn(diag.AttachedValue, o.Range, "iptables 1.8.9 does not read the value of "+o.Name+" in the same word",
		"It takes the whole word for the value: -ieth0 is an interface named \"-ieth0\" to it, and --protocol=tcp an error. Other versions read it as it is translated.",
		"Write a blank between them.")
}

// oneDash reports a long option with a single dash, which getopt takes apart
// into a short option and its value: "-dport" is "-d port".
func (c *ruleCompiler) oneDash(o *ast.Option) bool {
	if len(o.Name) != 2 || len(o.Values) == 0 || !o.Values[0].Quoted || o.Values[0].Start.Column != o.Start.Column+2 {
		return false
	}
	long := o.Name[1:] + o.Values[0].Text
	if owner, _ := c.ownerOf(long); owner == "" && lookup(coreOptions, long) == nil {
		return false
	}
	c.report(diag.UnknownOption, o.Range, "-"+long+" is read as "+o.Name+" "+o.Values[0].Text, "iptables refuses the rule.", "A long option has two dashes: --"+long+".")
	return true
}

// unknown reports an option that nothing in the rule has.
func (c *ruleCompiler) unknown(o *ast.Option) {
	if c.opaque {
		c.failed = true
		return
	}
	if strings.HasPrefix(o.Name, "-h") || strings.HasPrefix(o.Name, "-V") {
		c.showsOnly(o)
		return
	}
	summary := "unknown option " + o.Name
	fix := c.unknownFix(o.Name)
	c.report(diag.UnknownOption, o.Range, summary, "No match or target of this rule, as far as it stands in front of the option, has it; iptables refuses the rule.", fix)
}

func (c *ruleCompiler) unknownFix(name string) string {
	long, isLong := strings.CutPrefix(name, "--")
	if !isLong {
		if ext, _ := c.ownerOf(strings.TrimPrefix(name, "-")); ext != "" {
			return "A long option has two dashes: -" + name + "."
		}
		return ""
	}
	if c.usesMatch("recent") && long == "check" {
		return "Did you mean --rcheck? (The tutorials' --check was never an option of iptables.)"
	}
	if best := closest(long, c.optionNames()); best != "" {
		return "Did you mean --" + best + "?"
	}
	if owner, isProtocol := c.ownerOf(long); isProtocol {
		return "It belongs to -p " + owner + ", which must stand in front of it."
	} else if owner != "" {
		return "It belongs to " + owner + ", which must stand in front of it."
	}
	return ""
}

func (c *ruleCompiler) usesMatch(name string) bool {
	for _, m := range c.calls {
		if m.ext.name == name {
			return true
		}
	}
	return false
}

// optionNames are the options that the rule's own extensions have.
func (c *ruleCompiler) optionNames() []string {
	var names []string
	for _, m := range c.calls {
		for i := range m.ext.options {
			names = append(names, m.ext.options[i].name)
		}
	}
	if c.target != nil {
		for i := range c.target.ext.options {
			names = append(names, c.target.ext.options[i].name)
		}
	}
	return names
}

// ownerOf names an extension that has the option but is not loaded here.
func (c *ruleCompiler) ownerOf(long string) (owner string, isProtocol bool) {
	for i := range extensions {
		e := extensions[i]
		if lookup(e.options, long) == nil || (e.family != ast.FamilyUnknown && e.family != c.family) {
			continue
		}
		if e.match == nil {
			return "-j " + e.name, false
		}
		if len(e.protocols) > 0 {
			return e.name, true
		}
		return "-m " + e.name, false
	}
	return "", false
}
