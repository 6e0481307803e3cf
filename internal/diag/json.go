package diag

import (
	"io"

	"github.com/recentc/recentc/internal/display"
)

// Record is a diagnostic as --json prints it. Lines and columns count from 1.
type Record struct {
	Code      Code   `json:"code"`
	Severity  string `json:"severity"`
	File      string `json:"file"`
	Line      uint32 `json:"line"`
	Column    uint32 `json:"column"`
	EndLine   uint32 `json:"endLine"`
	EndColumn uint32 `json:"endColumn"`
	Summary   string `json:"summary"`
	Command   string `json:"command,omitempty"`
	Why       string `json:"why,omitempty"`
	Fix       string `json:"fix,omitempty"`
}

// Records returns the list in its JSON form; an empty list is [] and not null.
func (l List) Records() []Record {
	out := make([]Record, 0, len(l))
	for _, d := range l {
		out = append(out, Record{
			Code: d.Code, Severity: d.Severity.String(), File: d.File,
			Line: d.Range.Start.Line, Column: d.Range.Start.Column,
			EndLine: d.Range.End.Line, EndColumn: d.Range.End.Column,
			Summary: d.Summary, Command: d.Command, Why: d.Why, Fix: d.Fix,
		})
	}
	return out
}

// WriteJSON writes the list as one JSON array.
func WriteJSON(w io.Writer, l List) error {
	return display.JSON(w, l.Records(), true)
}
