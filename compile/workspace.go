package compile

import "github.com/recentc/recentc/ast"

// workspace is the memory that rules are compiled in, one after the other. A large
// file has millions of rules, and most of the time went into memory that each used
// for a moment: it is used again, and what stays lies behind each other.
type workspace struct {
	compiler ruleCompiler
	options  ast.Room
	used     []*call // of the rule at hand
	spare    []*call

	// pairs are the rules that lists of addresses made so far.
	pairs      int
	steps, all []Step
	out        []*Rule

	rules     room[Rule]
	kept      room[Step]
	addresses room[Address]
	protocols room[Protocol]
}

// compilerFor begins with a rule. The rule before it is done with.
func (w *workspace) compilerFor(s *ruleSet, r *ast.Rule, c *Chain) *ruleCompiler {
	w.spare, w.used = append(w.spare, w.used...), w.used[:0]
	w.steps, w.out = w.steps[:0], w.out[:0]
	old := &w.compiler
	*old = ruleCompiler{
		opts: s.opts, family: s.family, table: s.current, chain: c, rule: r, source: source{s.file, r.Range, s.ran}, diags: s.diags,
		core:  core{nets: [2][]*Address{old.core.nets[0][:0], old.core.nets[1][:0]}},
		calls: old.calls[:0], workspace: w,
	}
	return old
}

// newCall begins the use of an extension.
func (c *ruleCompiler) newCall(ext *extension, at ast.Range) *call {
	if len(c.spare) == 0 {
		c.spare = append(c.spare, &call{})
	}
	last := len(c.spare) - 1
	x := c.spare[last]
	c.spare = c.spare[:last]
	*x = call{ruleCompiler: c, ext: ext, given: x.given[:0], at: at}
	c.used = append(c.used, x)
	return x
}

// room hands out places for values behind each other, a piece of memory at a time.
type room[T any] []T

// mostInPiece is how many values a piece has room for, unless more are asked for at
// once. The first pieces are small, because most files are.
const mostInPiece = 256

// keep copies the values to where they stay.
func (r *room[T]) keep(values ...T) []T {
	if cap(*r)-len(*r) < len(values) {
		*r = make([]T, 0, max(len(values), min(mostInPiece, 2*cap(*r)+1)))
	}
	start := len(*r)
	*r = append(*r, values...)
	return (*r)[start:len(*r):len(*r)]
}

// keepOne is keep for one value.
func (r *room[T]) keepOne(value T) *T { return &r.keep(value)[0] }
