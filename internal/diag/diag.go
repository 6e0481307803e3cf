// Package diag is the product's voice: one type for everything that recentc has
// to say about an input, and the writers that show it.
//
// Every stage reports through it. It knows ranges of text (package ast) and
// nothing else of the project.
package diag

import (
	"sort"

	"github.com/recentc/recentc/ast"
)

// Severity tells how much a diagnostic matters. The zero value is not valid, so
// that a forgotten one shows.
type Severity uint8

// The severities. An Error stops the output; a Warning is an input that is
// translated but behaves in a way worth knowing; a Note informs.
const (
	Error Severity = iota + 1
	Warning
	Note
)

// String returns the word that is printed: "error", "warning" or "note".
func (s Severity) String() string { return [...]string{"invalid", "error", "warning", "note"}[s] }

// Diagnostic is one thing to say about one place.
type Diagnostic struct {
	// Code is stable between versions and documented: see Lookup.
	Code     Code
	Severity Severity
	// File and Range are the place; Range is tight: the option, not the rule.
	File  string
	Range ast.Range
	// Summary says what is wrong, in one line.
	Summary string
	// Why says what the consequence is, Fix what to do. Both may be empty.
	Why, Fix string
	// Line is the text of the line at Range.Start, to show with a caret.
	Line string
	// Command is the command that Line ran, where Line does not show it: a
	// script's variables are expanded in it.
	Command string
	// Rule marks a diagnostic that concerns one rule only, so that --partial
	// may leave that rule out and go on.
	Rule bool
	// Missing is the set of ipset without which the rule cannot be translated, empty
	// where it is about something else. See [List.Together].
	Missing string
	// Change puts it right, where that can be done without a choice; nil otherwise.
	Change *Change
}

// Change is edits of one line, which do not overlap.
type Change struct{ Edits []Edit }

// Edit is a change of the input: the text in Range, which lies in one line,
// becomes Text.
type Edit struct {
	Range ast.Range
	Text  string
}

// List collects diagnostics. The zero List is ready to use.
type List []Diagnostic

// Add appends d.
func (l *List) Add(d Diagnostic) { *l = append(*l, d) }

// Count returns how many diagnostics have the severity.
func (l List) Count(s Severity) int {
	n := 0
	for i := range l {
		if l[i].Severity == s {
			n++
		}
	}
	return n
}

// HasErrors tells whether any diagnostic is an error.
func (l List) HasErrors() bool { return l.Count(Error) > 0 }

// Distinct returns the list without what it says again, as of a rule that a
// script's loop loads several times.
func (l List) Distinct() List {
	seen := make(map[Diagnostic]bool, len(l))
	out := l[:0:0]
	for _, d := range l {
		key := d
		key.Command = ""
		if d.Range.Start.Line > 0 {
			key.Line = "" // it follows from the place, and may be long
		}
		if !seen[key] {
			seen[key] = true
			out = append(out, d)
		}
	}
	return out
}

// Sort orders by file, place and code. Diagnostics of one place keep their order.
func (l List) Sort() {
	sort.SliceStable(l, func(i, j int) bool {
		a, b := &l[i], &l[j]
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Range.Start.Line != b.Range.Start.Line:
			return a.Range.Start.Line < b.Range.Start.Line
		}
		return a.Range.Start.Column < b.Range.Start.Column
	})
}
