package grammar

import (
	"regexp"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// shellLine is a line that only a shell script has: an assignment, a command
// whose name is in a variable, or the head of a function.
var shellLine = regexp.MustCompile(`^\s*(?:(?:export|local|readonly|declare)\s+)?(?:[A-Za-z_]\w*=|\$\{?[A-Za-z_]|[A-Za-z_]\w*\s*\(\s*\))`)

// scriptByLook tells what is a shell script by its first line or by lines that
// nothing else has. Other command lines are read as a list, and as a script where
// that fails (see needsShell).
func scriptByLook(lines []string, style ast.Style, prompts bool) bool {
	if interpreter(lines[0]) != "" {
		return true
	}
	if style == ast.Commands && !prompts {
		return false
	}
	if slices.ContainsFunc(lines, restoresHere) {
		return true
	}
	return !slices.ContainsFunc(lines, isTableLine) && slices.ContainsFunc(lines, shellLine.MatchString)
}

// isTableLine tells "*filter" from the "*)" of a case.
func isTableLine(line string) bool {
	return strings.HasPrefix(line, "*") && !strings.HasPrefix(line, "*)")
}

// restoresHere is for "iptables-restore <<EOF": the tables behind it are a
// here-document.
func restoresHere(line string) bool {
	return strings.Contains(line, "tables-restore") && strings.Contains(line, "<<") && !strings.HasPrefix(strings.TrimSpace(line), "#")
}

// needsShell tells whether a list of commands has lines that only a shell can read.
func needsShell(l diag.List) bool {
	return slices.ContainsFunc(l, func(d diag.Diagnostic) bool { return d.Code == diag.ShellSyntax || d.Code == diag.OpenQuote })
}

// parseScript reads f as a shell script.
func parseScript(f *ast.File, o Options) (*ast.File, diag.List) {
	text := strings.ReplaceAll(f.Text, "\r\n", "\n")
	out := &ast.File{Name: f.Name, Text: text, Style: ast.Commands}
	var l diag.List
	if text != f.Text {
		l = scriptLineEnds(f)
	}
	return out, append(l, runScript(out, o)...)
}

func scriptLineEnds(f *ast.File) (l diag.List) {
	lines := strings.Split(f.Text, "\n")
	i := slices.IndexFunc(lines, func(s string) bool { return strings.HasSuffix(s, "\r") })
	l.Add(lineEnd(f, diag.CarriageReturns, i, lines[i], "this line ends in a carriage return (CR LF)",
		"The shell takes it for a part of the last word, and most of these commands fail; it is read without it here.", "sed -i 's/\\r$//' "+f.Name))
	return l
}
