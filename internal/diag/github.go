package diag

import (
	"fmt"
	"io"
	"strings"

	"github.com/recentc/recentc/internal/display"
)

// WriteGitHub writes diagnostics as workflow commands, which GitHub shows beside
// the lines of a change.
func WriteGitHub(w io.Writer, l List) error {
	for i := range l {
		d := &l[i]
		level := map[Severity]string{Error: "error", Warning: "warning", Note: "notice"}[d.Severity]
		parts := []string{"file=" + property(d.File)}
		if r := d.Range; r.Start.Line > 0 {
			parts = append(parts, fmt.Sprintf("line=%d", r.Start.Line), fmt.Sprintf("endLine=%d", max(r.Start.Line, r.End.Line)))
			if r.Start.Line == r.End.Line {
				parts = append(parts, fmt.Sprintf("col=%d", r.Start.Column), fmt.Sprintf("endColumn=%d", r.End.Column))
			}
		}
		parts = append(parts, "title="+property(string(d.Code)))
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", level, strings.Join(parts, ","), message(d.lines())); err != nil {
			return err
		}
	}
	return nil
}

// lines are a diagnostic's words without its place.
func (d *Diagnostic) lines() []string {
	out := []string{d.Summary}
	for _, more := range []string{d.Why, d.Fix} {
		if more != "" {
			out = append(out, more)
		}
	}
	return out
}

// message escapes what would end a command's text. Its line ends are ours.
func message(lines []string) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.ReplaceAll(display.Line(l), "%", "%25")
	}
	return strings.Join(out, "%0A")
}

// property escapes what would end a command's property.
func property(s string) string {
	return strings.NewReplacer("%", "%25", ":", "%3A", ",", "%2C").Replace(display.Line(s))
}
