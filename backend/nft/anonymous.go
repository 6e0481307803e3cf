package nft

import (
	"regexp"
	"strings"
)

// The kernel takes time for each anonymous set that grows with the number of those
// in front of it: 2000 take half a second, 10 000 a quarter of a minute, and the
// listing of ports of every -m multiport is one. A few are the most readable form.
// Where a file has many, those of the same elements become one set with a name,
// and a rule with ports that no other rule has becomes a rule for each of them.
const maxAnonymous = 256

// anonymous is what an anonymous set is known by: its type and its elements.
type anonymous struct{ key, elements string }

// anonymousIn gives the anonymous set that a comparison looks up.
func anonymousIn(s *stmt) (anonymous, bool) {
	if s.left == nil || s.right.kind != several {
		return anonymous{}, false
	}
	if s.left.isPort() {
		return anonymous{"type inet_service", s.right.text}, true
	}
	return anonymous{"typeof " + s.left.name, s.right.text}, true
}

// fewerSets puts other forms in place of anonymous sets where there are too many.
func (t *translator) fewerSets() {
	uses, order := t.anonymousSets()
	if total(uses) <= maxAnonymous {
		return
	}
	names := map[anonymous]*set{}
	for _, a := range order {
		if uses[a] > 1 && len(names) < maxAnonymous {
			names[a] = t.nameSet(a)
		}
	}
	for _, c := range t.chains {
		c.useNames(names)
		c.spread = true
	}
}

// anonymousSets counts how often each is used, and lists them as they come.
func (t *translator) anonymousSets() (uses map[anonymous]int, order []anonymous) {
	uses = map[anonymous]int{}
	for _, c := range t.chains {
		for r := range c.all {
			for j := range r.stmts {
				if a, ok := anonymousIn(&r.stmts[j]); ok {
					if uses[a] == 0 {
						order = append(order, a)
					}
					uses[a]++
				}
			}
		}
	}
	return uses, order
}

func total(uses map[anonymous]int) (n int) {
	for _, u := range uses {
		n += u
	}
	return n
}

// isRange finds an element that is a range or a net.
var isRange = regexp.MustCompile(`[0-9]-[0-9]|/`)

// nameSet adds the set with a name that takes the place of anonymous ones.
func (t *translator) nameSet(a anonymous) *set {
	s := &set{name: t.setNames.take("values"), key: a.key, entries: strings.Split(strings.Trim(a.elements, "{ }"), ", ")}
	if isRange.MatchString(a.elements) {
		s.flags = "interval"
	}
	t.sets = append(t.sets, s)
	return s
}

func (c *chain) useNames(names map[anonymous]*set) {
	for r := range c.all {
		for j := range r.stmts {
			s := &r.stmts[j]
			if a, ok := anonymousIn(s); ok && names[a] != nil {
				names[a].keyLen = s.left.len()
				s.right = setValue(names[a])
			}
		}
	}
}

// spread gives the rules as which a rule is written whose ports still stand in an
// anonymous set: one for each port. A packet has one, so it matches at most one of
// them.
func (r *rule) spread() []rule {
	i := r.portSet()
	if i < 0 {
		return []rule{*r}
	}
	ports := r.stmts[i].right.list()
	if r.stmts[i].negated { // none of them, which fits into one rule
		return (&rule{from: r.from, stmts: join(r.stmts[:i], each(r.stmts[i], ports), r.stmts[i+1:]), comment: r.comment}).spread()
	}
	var out []rule
	for n, s := range each(r.stmts[i], ports) {
		one := rule{stmts: join(r.stmts[:i], []stmt{s}, r.stmts[i+1:]), comment: r.comment}
		if n == 0 {
			one.from = r.from
		} else {
			one.restart()
		}
		out = append(out, one.spread()...)
	}
	return out
}

// portSet finds an anonymous set of ports in a rule that may be written several
// times: without a rate or the like, of which each rule would have its own.
func (r *rule) portSet() int {
	at := -1
	for i := range r.stmts {
		s := &r.stmts[i]
		if s.class == meter || s.class == change {
			return -1
		}
		if _, ok := anonymousIn(s); ok && s.left.isPort() && at < 0 {
			at = i
		}
	}
	return at
}

// each is a comparison with each value for itself.
func each(s stmt, values []value) (out []stmt) {
	for _, v := range values {
		s.right = v
		out = append(out, s)
	}
	return out
}

// restart lets the rule's counter begin at 0: the first rule of several goes on
// from what the input says.
func (r *rule) restart() {
	for i := range r.stmts {
		if s := &r.stmts[i]; s.class == effect && strings.HasPrefix(s.right.text, "counter ") {
			*s = counts
		}
	}
}
