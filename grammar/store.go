package grammar

import "github.com/recentc/recentc/ast"

// A store has the rules of many lines, and their options, lie behind each other: a
// large file has millions of them, and a piece of memory takes one allocation.
type store struct {
	rules   []ast.Rule
	options ast.Store
}

// mostRules is how many rules a piece has room for. The first pieces are small,
// because most files are.
const mostRules = 256

// rule is the place of the next rule.
func (s *store) rule() *ast.Rule {
	if len(s.rules) == cap(s.rules) {
		s.rules = make([]ast.Rule, 0, min(mostRules, 2*cap(s.rules)+1))
	}
	s.rules = s.rules[:len(s.rules)+1]
	return &s.rules[len(s.rules)-1]
}
