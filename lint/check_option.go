package lint

import (
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// checkOption is what tutorials write for --rcheck. It was never an option.
const checkOption = "--check"

// correctCheck adds the change to the compiler's errors about --check behind -m
// recent: there is only one thing that it can stand for.
func correctCheck(l diag.List) {
	for i := range l {
		d := &l[i]
		from := int(d.Range.Start.Column) - 1
		if d.Code != diag.UnknownOption || from < 0 || from+len(checkOption) > len(d.Line) || d.Line[from:from+len(checkOption)] != checkOption {
			continue
		}
		if !strings.Contains(d.Line[:from], "-m recent") && !strings.Contains(d.Line[:from], "--match recent") {
			continue
		}
		end := ast.Pos{Line: d.Range.Start.Line, Column: d.Range.Start.Column + uint32(len(checkOption))}
		d.Change = &diag.Change{Edits: []diag.Edit{{Range: ast.Range{Start: d.Range.Start, End: end}, Text: "--rcheck"}}}
	}
}
