package grammar

import "github.com/recentc/recentc/ast"

// A store has the nodes of many rules lie behind each other, in pieces: a large
// file has millions of them, and a piece takes one allocation.
type store struct {
	rules   []ast.Rule
	options []ast.Option
	words   []ast.Word
}

// mostInPiece is how many nodes a piece has room for, unless one rule needs more. The
// first pieces are small, because most files are.
const mostInPiece = 256

// rule is the place of the next rule.
func (s *store) rule() *ast.Rule {
	s.rules = room(s.rules, 1)
	s.rules = s.rules[:len(s.rules)+1]
	return &s.rules[len(s.rules)-1]
}

// keep copies options, with their values, out of a place that is used again.
func (s *store) keep(list []ast.Option) []ast.Option {
	s.options = room(s.options, len(list))
	start := len(s.options)
	s.options = append(s.options, list...)
	kept := s.options[start:len(s.options):len(s.options)]
	for i := range kept {
		kept[i].Values = s.keepWords(kept[i].Values)
	}
	return kept
}

func (s *store) keepWords(list []ast.Word) []ast.Word {
	if len(list) == 0 {
		return nil
	}
	s.words = room(s.words, len(list))
	start := len(s.words)
	s.words = append(s.words, list...)
	return s.words[start:len(s.words):len(s.words)]
}

// room is a piece with room for n more.
func room[T any](piece []T, n int) []T {
	if cap(piece)-len(piece) >= n {
		return piece
	}
	return make([]T, 0, max(n, min(mostInPiece, 2*cap(piece)+1)))
}
