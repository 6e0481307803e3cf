package diag

import (
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
)

// TestBounded holds that errors are kept before warnings, in their order, and that what
// is left out is said.
func TestBounded(t *testing.T) {
	var l List
	for i := range 3 * mostShown {
		d := Diagnostic{Code: "RC1", Severity: Warning}
		if i%2 == 1 {
			d.Severity = Error
		}
		d.Range.Start.Line = uint32(i + 1)
		l.Add(d)
	}
	out := l.Bounded()
	last := out[len(out)-1]
	if len(out) != mostShown+1 || out.Count(Error) != mostShown+1 || out[1].Range.Start.Line != 4 || last.Code != MoreMessages || last.Summary != "20000 more messages are not shown" {
		t.Errorf("%d messages, %d errors, last %+v", len(out), out.Count(Error), last)
	}
	if l = l[:mostShown]; len(l.Bounded()) != mostShown {
		t.Error("messages are left out that need not be")
	}
}

// TestMessageOfLongLine holds that a message costs the same wherever in a line it is, and
// however long the line.
func TestMessageOfLongLine(t *testing.T) {
	line := strings.Repeat("x ", 500_000)
	d := Diagnostic{Code: "RC1", Severity: Error, File: "f", Line: line, Range: ast.Range{
		Start: ast.Pos{Line: 1, Column: 700_001}, End: ast.Pos{Line: 1, Column: 700_002}}}
	text := Text{}.One(&d)
	if !strings.Contains(text, "...") || len(text) > 1000 {
		t.Errorf("%d bytes", len(text))
	}
	if n := testing.AllocsPerRun(20, func() { Text{}.One(&d) }); n > 100 {
		t.Errorf("%.0f allocations", n)
	}
}
