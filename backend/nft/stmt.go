package nft

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/compile"
)

// class says what a statement can do to the rule that it stands in.
type class uint8

const (
	// match looks at the packet and may end the rule. Testing it again gives
	// the same answer.
	match class = iota
	// meter may end the rule, and testing it changes its state.
	meter
	// change writes to a set and ends the rule where the set is full.
	change
	// effect acts and never ends the rule.
	effect
	// verdict decides, and ends the rule.
	verdict
)

// stmt is one nftables statement. Most are comparisons, which are put together
// only when they are printed: a rule has many and most files have many rules.
type stmt struct {
	class class
	// negated prints a comparison as "text != right".
	negated bool
	// unstable marks a test whose answer recording an address may change.
	unstable bool
	// protocol is the L4 protocol that the statement tests by itself, so that
	// a test of the protocol in front of it says nothing new.
	protocol uint8
	// text is the statement, or the left side of a comparison with right.
	text  string
	right string
	// not is the opposite of a test that is no comparison, where there is one.
	not string
}

func test(text string) stmt           { return stmt{class: match, text: text} }
func testOr(text, not string) stmt    { return stmt{class: match, text: text, not: not} }
func act(text string) stmt            { return stmt{class: effect, text: text} }
func decide(text string) stmt         { return stmt{class: verdict, text: text} }
func tests(text string, p uint8) stmt { return stmt{class: match, text: text, protocol: p} }
func jumpTo(chain string) stmt        { return decide("jump " + chain) }
func goTo(chain string) stmt          { return decide("goto " + chain) }

// compare is a test of one value, with its opposite at hand.
func compare(left string, not bool, right string) stmt {
	return stmt{class: match, negated: not, text: left, right: right}
}

// opposite is the test that holds where s does not.
func (s stmt) opposite() stmt {
	if s.right != "" {
		s.negated = !s.negated
		return s
	}
	s.text, s.not = s.not, s.text
	return s
}

// write prints the statement.
func (s *stmt) write(b printer) {
	b.WriteString(s.text)
	if s.right == "" {
		return
	}
	if s.negated {
		b.WriteString(" !=")
	}
	b.WriteByte(' ')
	b.WriteString(s.right)
}

func pure(list []stmt) bool {
	return !slices.ContainsFunc(list, func(s stmt) bool { return s.class != match })
}
func join(lists ...[]stmt) (out []stmt) { return slices.Concat(lists...) }

// rule is one nftables rule with what is written above it.
type rule struct {
	// from is the rule that is printed above this one as a comment, if any; leftOut
	// says there that it could not be translated.
	from    *compile.Rule
	leftOut bool
	stmts   []stmt
	// comment is the rule's own, kept by the kernel.
	comment string
	// text is that of rules which are printed already, instead of all this.
	text string
}

// chain is a chain of the output. Type is empty for one without a hook.
type chain struct {
	name     string
	kind     string // filter, nat or route
	hook     string
	priority string
	policy   string
	// about is printed above the chain.
	about string
	rules []rule
	// spread says that rules with anonymous sets of ports are written as several.
	spread bool
	// calls are the chains that the rules with text jump and go to.
	calls []string
	// done are the rules in front of these that printout.go is done with.
	done [][]rule
	// room is where the rules of a list's chain lie; nil for other chains.
	room *ruleRoom
}

// all gives the chain's rules.
func (c *chain) all(yield func(*rule) bool) {
	for _, list := range c.done {
		if !eachOf(list, yield) {
			return
		}
	}
	eachOf(c.rules, yield)
}

func eachOf(list []rule, yield func(*rule) bool) bool {
	for i := range list {
		if !yield(&list[i]) {
			return false
		}
	}
	return true
}

// set is a set of the output, or another named object.
type set struct {
	// kind is "ct helper" and the like; empty for a set.
	kind  string
	name  string
	key   string // "type ipv4_addr", or "typeof ..."
	flags string
	// timeout is the default for its elements, as nft writes it; empty for none.
	timeout string
	// collect is how often elements that have expired are removed; empty for the
	// kernel's second.
	collect string
	size    uint32
	about   string
	// counter gives each element a counter.
	counter bool
	// entries are elements that it begins with, one by one as nft writes them.
	entries []string
	// comment is kept by the kernel; for a set of a list it is its Role.
	comment string
	// lookup is the right side of a lookup, where many are made.
	lookup string
}

// write prints the rule as one line, without the test of a protocol that the
// statement behind it makes anyway.
func (r *rule) write(b printer) {
	first := true
	for i := range r.stmts {
		if r.stmts[i].text == "" || r.implied(i) {
			continue
		}
		if !first {
			b.WriteByte(' ')
		}
		r.stmts[i].write(b)
		first = false
	}
	if r.comment != "" {
		b.WriteString(` comment "` + r.comment + `"`)
	}
}

// protocolTest is the left side of a test of the protocol alone.
const protocolTest = "meta l4proto"

// implied tells whether statement i only tests a protocol that a test in front
// of it has tested, or that a later test of the same rule includes, with nothing
// but tests between them.
func (r *rule) implied(i int) bool {
	p := r.stmts[i].protocol
	if p == 0 || !strings.HasPrefix(r.stmts[i].text, protocolTest) {
		return false
	}
	if slices.ContainsFunc(r.stmts[:i], func(s stmt) bool { return s.protocol == p }) {
		return true
	}
	for _, s := range r.stmts[i+1:] {
		if s.class != match {
			return false
		}
		if s.protocol == p && !strings.HasPrefix(s.text, protocolTest) {
			return true
		}
	}
	return false
}

// check finds a verdict that stands behind a statement that can end the rule by
// a full set: such a rule would open the door when the set is full.
func (r *rule) check() bool {
	changed := false
	for _, s := range r.stmts {
		if s.class == verdict && changed {
			return false
		}
		changed = changed || s.class == change
	}
	return true
}
