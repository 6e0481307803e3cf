package cli

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/safefile"
	"github.com/recentc/recentc/ipset"
	"github.com/urfave/cli/v2"
)

// maxFixes bounds how often a file is looked at again after changes; each time
// at least one change is made.
const maxFixes = 20

// fixAll makes the changes that need no choice, and looks at changed files again.
func (c *Command) fixAll(ctx *cli.Context, groups []*group, sets ipset.Collection) error {
	for _, g := range groups {
		for range maxFixes {
			changed, err := c.fixGroup(g)
			if err != nil {
				return exitError{exitSystem, err.Error()}
			}
			if !changed {
				break
			}
			if err := c.lintGroup(ctx, g, sets); err != nil {
				return err
			}
		}
	}
	return nil
}

// fixGroup writes the files of a group that have changes. Standard input has none.
func (c *Command) fixGroup(g *group) (changed bool, err error) {
	for i, f := range g.files {
		text := fixed(f, g.kept)
		if g.names[i] == "-" || text == f.Text {
			continue
		}
		if err := replaceFile(g.names[i], text); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

// replaceFile writes a file anew with its permissions; a link stays one.
func replaceFile(name, text string) error {
	return safefile.Write(name, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// fixed gives a file's text with the changes of its findings. Of two findings in
// one line only the first is changed; the other follows when the file is looked
// at again.
func fixed(f *ast.File, l diag.List) string {
	lines := strings.Split(f.Text, "\n")
	touched := map[uint32]bool{}
	for i := range l {
		d := &l[i]
		if d.File != f.Name || d.Change == nil || touched[d.Range.Start.Line] {
			continue
		}
		n := d.Range.Start.Line
		if int(n) <= len(lines) {
			touched[n] = true
			lines[n-1] = edited(lines[n-1], d.Change.Edits)
		}
	}
	return strings.Join(lines, "\n")
}

// edited makes changes to one line, the last one first.
func edited(line string, edits []diag.Edit) string {
	sorted := slices.SortedFunc(slices.Values(edits), func(a, b diag.Edit) int {
		return cmp.Compare(b.Range.Start.Column, a.Range.Start.Column)
	})
	for _, e := range sorted {
		from, to := int(e.Range.Start.Column)-1, int(e.Range.End.Column)-1
		if from < 0 || to > len(line) || from > to {
			return line
		}
		line = line[:from] + e.Text + line[to:]
	}
	return line
}
