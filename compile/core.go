package compile

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// coreOptions are iptables' own long options. Those of commands are here so
// that the beginnings of options are as ambiguous as they are for iptables.
var coreOptions = []option{
	{name: "protocol", args: 1, not: true},
	{name: "source", args: 1, not: true}, {name: "src", args: 1, not: true, same: "source"},
	{name: "destination", args: 1, not: true}, {name: "dst", args: 1, not: true, same: "destination"},
	{name: "in-interface", args: 1, not: true}, {name: "out-interface", args: 1, not: true},
	{name: "fragments", not: true}, {name: "jump", args: 1}, {name: "goto", args: 1}, {name: "match", args: 1},
	{name: "set-counters", args: 1, more: 1}, {name: "ipv4"}, {name: "ipv6"}, {name: "numeric"}, {name: "verbose"},
	{name: "exact"}, {name: "line-numbers"}, {name: "wait", more: 1}, {name: "modprobe", args: 1},
	{name: "help"}, {name: "version"}, {name: "wait-interval", args: 1},
	{name: "append", args: 1, command: true}, {name: "delete", args: 1, command: true}, {name: "check", args: 1, command: true},
	{name: "insert", args: 1, command: true}, {name: "replace", args: 1, command: true}, {name: "list", command: true},
	{name: "list-rules", command: true}, {name: "flush", command: true}, {name: "zero", command: true},
	{name: "new-chain", args: 1, command: true}, {name: "delete-chain", command: true}, {name: "rename-chain", args: 1, command: true},
	{name: "policy", args: 1, command: true}, {name: "table", args: 1, command: true},
}

// coreLetters are the letters of iptables' own options.
var coreLetters = map[byte]string{
	'p': "protocol", 's': "source", 'd': "destination", 'i': "in-interface", 'o': "out-interface",
	'f': "fragments", 'j': "jump", 'g': "goto", 'm': "match", 'c': "set-counters", '4': "ipv4", '6': "ipv6",
	'n': "numeric", 'v': "verbose", 'x': "exact", 'w': "wait", 'M': "modprobe", 'W': "wait-interval", 'V': "version", 'h': "help",
	'A': "append", 'D': "delete", 'C': "check", 'I': "insert", 'R': "replace", 'L': "list", 'S': "list-rules", 'F': "flush",
	'Z': "zero", 'N': "new-chain", 'X': "delete-chain", 'E': "rename-chain", 'P': "policy", 't': "table",
}

var coreByLetter = func() (table [256]*option) {
	for letter, long := range coreLetters {
		table[letter] = lookup(coreOptions, long)
	}
	return table
}()

// coreShort finds iptables' own option by its letter, nil if there is none.
func coreShort(letter byte) *option { return coreByLetter[letter] }

// core is what iptables itself tests, before any match, in this order.
type core struct {
	in, out  *Interface
	nets     [2][]*Address
	protocol *Protocol
	// protocolGiven is true for -p all too, which tests nothing.
	protocolGiven bool
	fragment      *Fragment
	counter       ast.Counters
	implicit      bool
}

// Address tests a packet's source or destination address.
type Address struct {
	Net
	Side Side
	Not  bool
}

// Interface tests the device a packet came in by or goes out by. Wildcard means
// that Name is the beginning of the device's name.
type Interface struct {
	Out      bool
	Name     string
	Wildcard bool
	Not      bool
}

// Protocol tests the protocol of the IP payload.
type Protocol struct {
	Number uint8
	Not    bool
	at     ast.Range
}

// Fragment is true for the second and further fragments of an IPv4 packet.
type Fragment struct{ Not bool }

// Extension implements Step.
func (*Address) Extension() string { return "address" }

// Extension implements Step.
func (*Interface) Extension() string { return "interface" }

// Extension implements Step.
func (*Protocol) Extension() string { return "protocol" }

// Extension implements Step.
func (*Fragment) Extension() string { return "fragment" }

// Kind implements Step.
func (*Address) Kind() Kind { return Condition }

// Kind implements Step.
func (*Interface) Kind() Kind { return Condition }

// Kind implements Step.
func (*Protocol) Kind() Kind { return Condition }

// Kind implements Step.
func (*Fragment) Kind() Kind { return Condition }

// coreOption takes one of iptables' own options.
func (c *ruleCompiler) coreOption(g given) {
	switch g.name {
	case "protocol":
		c.takeProtocol(g)
	case "source":
		c.takeNets(g, SourceSide)
	case "destination":
		c.takeNets(g, DestSide)
	case "in-interface":
		c.takeInterface(g, &c.core.in, false)
	case "out-interface":
		c.takeInterface(g, &c.core.out, true)
	case "fragments":
		c.takeFragment(g)
	case "match":
		c.takeMatch(g)
	case "jump", "goto":
		c.takeJump(g)
	case "set-counters":
		c.takeCounters(g)
	case "wait", "wait-interval", "numeric", "exact", "line-numbers":
		c.takeWorking(g)
	case "help", "version":
		c.report(diag.OptionConflict, g.at, "--"+g.name+" in a rule", "iptables shows its "+map[string]string{"help": "usage", "version": "version"}[g.name]+
			" at this place and ends without an error: neither this rule is loaded nor any other of its table.", "Remove the option.")
	case "ipv4":
		c.other = c.other || c.family == ast.IPv6
	case "ipv6":
		c.other = c.other || c.family == ast.IPv4
	}
}

func (c *ruleCompiler) twice(g given) {
	c.report(diag.OptionTwice, g.at, "--"+g.name+" is given twice", "iptables takes it once in a rule and refuses the rule.", "Keep one of them.")
}

func (c *ruleCompiler) takeProtocol(g given) {
	if c.core.protocolGiven {
		c.twice(g)
		return
	}
	c.core.protocolGiven = true
	name := g.value().Text
	n, ok := protocolNumber(name)
	switch {
	case !ok:
		c.report(diag.BadValue, g.value().Range, "\""+name+"\" is not a protocol", "iptables refuses the rule.",
			didYouMean(closest(strings.ToLower(name), protocolNames())))
	case n == 0 && g.not:
		c.report(diag.BadValue, g.at, "the protocol cannot be \"not all\"", "Such a rule would never match; iptables refuses it.", "Remove the option.")
	case n != 0:
		c.core.protocol = c.protocols.keepOne(Protocol{Number: n, Not: g.not, at: g.at})
	}
}

func didYouMean(s string) string {
	if s == "" {
		return ""
	}
	return "Did you mean " + s + "?"
}

func (c *ruleCompiler) takeNets(g given, side Side) {
	if len(c.core.nets[side]) > 0 {
		c.twice(g)
		return
	}
	if !strings.Contains(g.value().Text, ",") {
		c.takeNet(g.value(), g.not, side)
		return
	}
	if g.not {
		c.report(diag.NotNegatable, g.at, "a list of addresses cannot be negated",
			"iptables refuses the rule: each address of a list makes a rule of its own.", "Use -m iprange, or a chain that returns for each of them.")
		return
	}
	for _, w := range split(g.value(), ',') {
		c.takeNet(w, false, side)
	}
}

func (c *ruleCompiler) takeNet(w ast.Word, not bool, side Side) {
	if n, ok := c.net(w); ok {
		c.core.nets[side] = append(c.core.nets[side], c.addresses.keepOne(Address{Net: n, Side: side, Not: not}))
	}
}

func (c *ruleCompiler) takeInterface(g given, into **Interface, out bool) {
	if *into != nil {
		c.twice(g)
		return
	}
	name := g.value().Text
	if name == "" || len(name) > 15 {
		c.report(diag.BadValue, g.value().Range, "\""+name+"\" is not the name of a device",
			"A device's name has 1 to 15 bytes; iptables refuses the rule.", "")
		return
	}
	i := &Interface{Out: out, Name: name, Not: g.not}
	i.Name, i.Wildcard = strings.CutSuffix(name, "+")
	*into = i
}

func (c *ruleCompiler) takeFragment(g given) {
	if c.family == ast.IPv6 {
		c.report(diag.WrongFamily, g.at, "-f is an option of IPv4 only", "ip6tables has no such option and refuses the rule.", "Use -m frag.")
		return
	}
	if c.core.fragment != nil {
		c.twice(g)
		return
	}
	c.core.fragment = &Fragment{Not: g.not}
}

func (c *ruleCompiler) takeCounters(g given) {
	if c.core.counter.Set {
		c.twice(g)
		return
	}
	packets, bytes, ok := counterWords(g.values)
	if !ok {
		c.report(diag.BadValue, g.at, "-c needs a packet and a byte count", "iptables refuses the rule.", "")
		return
	}
	p, b := scanNumber(packets, 10), scanNumber(bytes, 10)
	switch {
	case !p.found || !b.found:
		c.report(diag.BadValue, g.at, "-c needs a packet and a byte count", "iptables refuses the rule.", "")
	case p.minus || b.minus || p.over || b.over || strings.Trim(p.rest+b.rest, ",0123456789") != "":
		c.warn(diag.OddValue, g.at, fmt.Sprintf("-c %s %s is %d packets and %d bytes", packets, bytes, p.wrapped(), b.wrapped()),
			"iptables reads decimal digits, ignores what stands behind them, and says nothing. So does the translation.", "Write the counts in decimal.")
	}
	c.core.counter = ast.Counters{Packets: p.wrapped(), Bytes: b.wrapped(), Set: true}
}

// counterWords are the two counts: two words, or one with a comma in it.
func counterWords(values []ast.Word) (packets, bytes string, ok bool) {
	packets = values[0].Text
	i := strings.IndexByte(packets[min(1, len(packets)):], ',') + 1
	switch {
	case i > 0:
		return packets[:i], packets[i+1:], len(values) == 1
	case len(values) == 2:
		return packets, values[1].Text, !strings.HasPrefix(values[1].Text, "-")
	}
	return packets, "", false
}

func (c *ruleCompiler) takeMatch(g given) {
	name := g.value()
	ext := findMatch(name.Text, c.family)
	switch {
	case ext == nil:
		c.opaque = true
		c.report(diag.UnknownMatch, name.Range, "there is no match \""+name.Text+"\"", "iptables refuses the rule.",
			didYouMean(closest(name.Text, extensionNames(false, c.family))))
	case ext.match == nil:
		c.opaque = true
		c.report(diag.Unsupported, name.Range, "-m "+name.Text+" is not translated", ext.reason,
			"Without it the rule would match other packets. Rewrite the rule, or leave it out knowingly with --partial.")
	default:
		c.calls = append(c.calls, c.newCall(ext, g.at))
	}
}

// addresses gives the addresses of a side, with one nil where none was given.
func (k *core) addresses(side Side) []*Address {
	if len(k.nets[side]) == 0 {
		return []*Address{nil}
	}
	return k.nets[side]
}

// counters are those that the input gives the rule, nil for nearly every one.
func (k *core) counters(r *ast.Rule) *ast.Counters {
	switch {
	case k.counter.Set:
		c := k.counter
		return &c
	case r.Counters.Set:
		c := r.Counters // not a part of the rule, which is let go of
		return &c
	}
	return nil
}

// steps appends what the kernel tests in front of all matches.
func (k *core) steps(out []Step, source, dest *Address) []Step {
	if k.in != nil {
		out = append(out, k.in)
	}
	if k.out != nil {
		out = append(out, k.out)
	}
	for _, a := range []*Address{source, dest} {
		if a != nil && (!a.Any() || a.Not) {
			out = append(out, a)
		}
	}
	if k.protocol != nil {
		out = append(out, k.protocol)
	}
	if k.fragment != nil {
		out = append(out, k.fragment)
	}
	return out
}

// checkCore refuses a device where a hook has none.
func (c *ruleCompiler) checkCore() {
	if c.chain == nil {
		return
	}
	h := c.chain.Hook
	if c.core.in != nil && (h == Output || h == Postrouting) {
		c.report(diag.WrongPlace, c.rule.Range, "-i cannot stand in "+c.chain.Name,
			"A packet has no incoming device there; iptables refuses the rule.", "Use -o, or another chain.")
	}
	if c.core.out != nil && (h == Input || h == Prerouting) {
		c.report(diag.WrongPlace, c.rule.Range, "-o cannot stand in "+c.chain.Name,
			"A packet has no outgoing device there yet; iptables refuses the rule.", "Use -i, or another chain.")
	}
}
