package nft

import (
	"path"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/display"
)

// header says what made the output, from what, and how to load it. It has no
// date and no path, so that the same input gives the same bytes everywhere.
func header(programs []*compile.Program, o *Options) string {
	var b strings.Builder
	b.WriteString("#!/usr/sbin/nft -f\n# Made by recentc " + o.Version + " from " + sources(programs) + "\n")
	b.WriteString("# Load it with: nft -f FILE. It replaces its own tables and touches no others:\n")
	for _, p := range programs {
		b.WriteString("#   table " + p.Family.String() + " " + o.Table + "\n")
	}
	b.WriteString("# A comment above a rule names the line that it comes from.\n\n")
	return b.String()
}

func sources(programs []*compile.Program) string {
	var names []string
	if len(programs) > 0 {
		for _, s := range programs[0].Sources {
			names = append(names, printable(path.Base(s)))
		}
	}
	return strings.Join(names, ", ")
}

// printFrom prints the comment above a rule: its place and its text.
func (r *rule) printFrom(b printer) {
	b.WriteString("\t\t# ")
	b.WriteString(printable(path.Base(r.from.File.Name)))
	b.WriteByte(':')
	b.WriteString(lineNumber(r.from))
	b.WriteByte(' ')
	b.WriteString(printable(r.from.Source))
	b.WriteByte('\n')
	if r.leftOut {
		b.WriteString("\t\t# left out: this rule could not be translated\n")
	}
}

// printable keeps a comment on its line, and from a terminal what moves it: a script is
// also read there.
func printable(s string) string { return display.Line(strings.ReplaceAll(s, "\t", " ")) }
