package diag

import "github.com/recentc/recentc/ast"

// RuleLost is the error of a stage that does not know what became of a rule. Line is
// 0 where the rule itself is not known. It is a fault of recentc's own, see [List.Internal].
func RuleLost(f *ast.File, line uint32, stage string) Diagnostic {
	text := f.Line(line)
	at := ast.Pos{Line: line, Column: 1}
	return Diagnostic{
		Code: Lost, Severity: Error, File: f.Name, Line: text,
		Range:   ast.Range{Start: at, End: ast.Pos{Line: line, Column: uint32(len(text) + 1)}},
		Summary: "recentc does not know what became of a rule of this line (" + stage + ")",
		Why:     "This is a fault in recentc. The output would lack the rule, so nothing is written.",
		Fix:     "Report it, with the line. Until it is mended, write the rule in another way.",
	}
}

// Internal tells whether some error is a fault of recentc's own.
func (l List) Internal() bool {
	for i := range l {
		if l[i].Code == Lost {
			return true
		}
	}
	return false
}
