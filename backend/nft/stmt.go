package nft

import (
	"slices"

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
	// negated prints a comparison as "field != right".
	negated bool
	// explicit prints a comparison with "==".
	explicit bool
	// unstable marks a test whose answer recording an address may change.
	unstable bool
	// protocol is the L4 protocol that the statement tests by itself, so that
	// a test of the protocol in front of it says nothing new.
	protocol uint8
	// left is the field that a comparison looks at; nil in other statements. right is what
	// it is compared with, or the text of another statement.
	left  *field
	right value
	// code adds the expressions that a statement means which is no comparison.
	code func(*coder)
	// not is the opposite of such a test, where there is one.
	not *opposite
}

// opposite is the test that holds where another does not.
type opposite struct {
	text string
	code func(*coder)
}

func other(c class, text string, code func(*coder)) stmt {
	return stmt{class: c, right: value{text: text}, code: code}
}

func test(text string, code func(*coder)) stmt { return other(match, text, code) }
func act(text string, code func(*coder)) stmt  { return other(effect, text, code) }
func decide(text string, code func(*coder)) stmt {
	return other(verdict, text, code)
}

func testOr(text string, code func(*coder), not string, notCode func(*coder)) stmt {
	s := other(match, text, code)
	s.not = &opposite{not, notCode}
	return s
}

// jumpTo and goTo go on in another chain.
func jumpTo(chain string) stmt {
	return callOf("jump ", chain, -3)
}
func goTo(chain string) stmt {
	return callOf("goto ", chain, -4)
}

func callOf(word, chain string, code int32) stmt {
	s := decide(word+chain, verdictCode(code, chain))
	s.right.more = &detail{name: chain}
	return s
}

// compare is a test of one value, with its opposite at hand.
func compare(left *field, not bool, right value) stmt {
	return stmt{class: match, negated: not, left: left, right: right, protocol: left.tests()}
}

// opposite is the test that holds where s does not.
func (s stmt) opposite() stmt {
	if s.left != nil {
		s.negated = !s.negated
		return s
	}
	not := s.not
	s.not = &opposite{s.right.text, s.code}
	s.right.text, s.code = not.text, not.code
	return s
}

// write prints the statement.
func (s *stmt) write(b printer) {
	if s.left == nil {
		b.WriteString(s.right.text)
		return
	}
	b.WriteString(s.left.name)
	switch {
	case s.negated:
		b.WriteString(" !=")
	case s.explicit:
		b.WriteString(" ==")
	}
	b.WriteByte(' ')
	b.WriteString(s.right.text)
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
	// above is a comment that is printed above it instead.
	above string
	stmts []stmt
	// comment is the rule's own, kept by the kernel.
	comment string
	// text is that of rules which are printed already, instead of all this, and meant
	// what they mean.
	text  string
	meant []Meaning
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
	// lookup is the right side of a lookup, where many are made, and detail what it is.
	lookup string
	detail *detail
	// keyLen is the length of a key in bytes, where a field is filled up to four.
	keyLen int
}

// write prints the rule as one line, without the test of a protocol that the
// statement behind it makes anyway.
func (r *rule) write(b printer) {
	first := true
	for i := range r.stmts {
		if r.stmts[i].left == nil && r.stmts[i].right.text == "" || r.implied(i) {
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

// implied tells whether statement i only tests a protocol that a test in front
// of it has tested, or that a later test of the same rule includes, with nothing
// but tests between them.
func (r *rule) implied(i int) bool {
	p := r.stmts[i].protocol
	if p == 0 || r.stmts[i].left != l4proto {
		return false
	}
	if slices.ContainsFunc(r.stmts[:i], func(s stmt) bool { return s.protocol == p }) {
		return true
	}
	for _, s := range r.stmts[i+1:] {
		if s.class != match {
			return false
		}
		if s.protocol == p && s.left != l4proto {
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
