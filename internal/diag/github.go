package diag

import (
	"fmt"
	"io"
	"strings"
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
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", level, strings.Join(parts, ","), message(d.text())); err != nil {
			return err
		}
	}
	return nil
}

// text is a diagnostic's words without its place.
func (d *Diagnostic) text() string {
	s := d.Summary
	for _, more := range []string{d.Why, d.Fix} {
		if more != "" {
			s += "\n" + more
		}
	}
	return s
}

// message escapes what would end a command's text.
func message(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes what would end a command's property.
func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
