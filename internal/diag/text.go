package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/display"
)

// Text writes diagnostics for people: place, code and summary on a line, then
// the rule with the place marked, then why it matters and what to do.
type Text struct {
	// Color switches ANSI colours on.
	Color bool
}

const (
	red, yellow, cyan, bold, reset = "\x1b[31m", "\x1b[33m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
)

// Write writes the whole list, in its order.
func (t Text) Write(w io.Writer, l List) error {
	for i := range l {
		if _, err := io.WriteString(w, t.One(&l[i])); err != nil {
			return err
		}
	}
	return nil
}

// One returns the text of one diagnostic, with a line end.
func (t Text) One(d *Diagnostic) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s\n", t.paint(bold, display.Line(Place(d.File, d.Range))), t.head(d), shown(d.Summary))
	t.excerpt(&b, d)
	t.remark(&b, "runs", d.Command)
	t.remark(&b, "why", d.Why)
	t.remark(&b, "fix", d.Fix)
	return b.String()
}

// Place writes a place as "file:line:column", without the parts that are unknown.
func Place(file string, r ast.Range) string {
	if r.Start.Line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d:%d", file, r.Start.Line, r.Start.Column)
}

func (t Text) head(d *Diagnostic) string {
	color := map[Severity]string{Error: red, Warning: yellow, Note: cyan}[d.Severity]
	return t.paint(color, fmt.Sprintf("%s[%s]", d.Severity, d.Code))
}

func (t Text) paint(color, s string) string {
	if !t.Color {
		return s
	}
	return color + s + reset
}

// remark writes a labelled line.
func (t Text) remark(b *strings.Builder, label, text string) {
	if text != "" {
		fmt.Fprintf(b, "  %s: %s\n", t.paint(bold, label), shown(text))
	}
}

// shownLength bounds a part of a message: what a message is about may be a word of a
// megabyte.
const shownLength = 4000

// shown is a part of a message on one line. Whoever wrote the rules wrote the names in it.
func shown(s string) string {
	if len(s) > shownLength {
		s = s[:charStart(s, shownLength)] + elided
	}
	return display.Line(s)
}

// excerptWidth is how much of a long line is shown around the mark.
const excerptWidth = 160

func (t Text) excerpt(b *strings.Builder, d *Diagnostic) {
	if d.Line == "" || d.Range.Start.Line == 0 {
		return
	}
	line, from, to := clip(d)
	fmt.Fprintf(b, "%6d | %s\n", d.Range.Start.Line, line)
	mark := strings.Repeat("^", max(1, utf8.RuneCountInString(line[from:to])))
	fmt.Fprintf(b, "       | %s%s\n", blanks(line[:from]), t.paint(red, mark))
}

// elided stands for what is cut off a long line.
const elided = "..."

// clip cuts a long line to what surrounds the mark, and gives the mark's ends in it. The
// line is as it is shown, so that the mark stands below its text.
func clip(d *Diagnostic) (line string, from, to int) {
	raw := strings.TrimRight(d.Line, "\r\n")
	from = min(len(raw), max(0, int(d.Range.Start.Column)-1))
	to = len(raw)
	if d.Range.End.Line == d.Range.Start.Line {
		to = min(len(raw), max(from, int(d.Range.End.Column)-1))
	}
	raw, from, to = near(raw, from, to)
	line, from, to = display.Mark(raw, from, to)
	if len(line) <= excerptWidth {
		return line, from, to
	}
	lo := charStart(line, max(0, from-excerptWidth/2))
	hi := charStart(line, min(len(line), lo+excerptWidth))
	from, to = from-lo, max(from-lo, min(to, hi)-lo)
	cut := line[lo:hi]
	if hi < len(line) {
		cut += elided
	}
	if lo == 0 {
		return cut, from, to
	}
	return elided + cut, from + len(elided), to + len(elided)
}

// near cuts a line that is very long to some text on both sides of the mark, more than is
// shown: a line of a megabyte can have a hundred thousand messages.
func near(s string, from, to int) (part string, first, last int) {
	lo := charStart(s, max(0, from-4*excerptWidth))
	hi := charStart(s, min(len(s), from+8*excerptWidth))
	return s[lo:hi], from - lo, min(to, hi) - lo
}

// charStart is i, or the start of the character after it if i is within one.
func charStart(s string, i int) int {
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return i
}

// blanks replaces every character but tabs, so that the mark stands below its text.
func blanks(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, s)
}
