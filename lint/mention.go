package lint

import (
	"slices"

	"github.com/recentc/recentc/compile"
)

// filled tells whether a packet comes to some rule that records new addresses.
func (l *list) filled() bool {
	return slices.ContainsFunc(l.uses, func(u *use) bool { return u.Op == compile.Set })
}

// written tells whether some rule records new addresses.
func (l *list) written() bool { return l.has(func(m *mention) bool { return m.Op == compile.Set }) }

// has tells whether some match of the list is wanted.
func (l *list) has(want func(*mention) bool) bool {
	for i := range l.all {
		if want(&l.all[i]) {
			return true
		}
	}
	return false
}

// firstAsked returns the first check whose answer matters, nil if there is none.
func (l *list) firstAsked() *mention {
	for i := range l.all {
		if m := &l.all[i]; m.asks() {
			return m
		}
	}
	return nil
}

// asks tells whether the rule does something with the list's answer. A --remove
// at the end of a rule without a target does nothing with it.
func (m *mention) asks() bool {
	switch m.Op {
	case compile.Set:
		return false
	case compile.Remove:
		o := origins(m.rule)
		return m.rule.Target != nil && !(len(o) > 1 && o[0] != m.Recent) || m.Not
	}
	return true
}
