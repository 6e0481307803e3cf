package lint

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// ignore is a comment that leaves findings of the next line out.
type ignore struct {
	at
	codes  []diag.Code
	reason string
	// line is the line that it is about.
	line    uint32
	problem string
	used    bool
}

const directive = "recentc:ignore"

// ignoresOf finds the comments of a file.
func ignoresOf(f *ast.File, known func(diag.Code) bool) (out []*ignore) {
	if !strings.Contains(f.Text, directive) {
		return nil
	}
	lines := strings.Split(f.Text, "\n")
	for i, line := range lines {
		body := strings.TrimSpace(line)
		rest, isComment := strings.CutPrefix(body, "#")
		rest, isOurs := strings.CutPrefix(strings.TrimSpace(rest), directive)
		if isComment && isOurs && (rest == "" || rest[0] == ' ' || rest[0] == '\t') {
			out = append(out, readIgnore(f, lines, i, rest, known))
		}
	}
	return out
}

func readIgnore(f *ast.File, lines []string, i int, rest string, known func(diag.Code) bool) *ignore {
	from := uint32(strings.Index(lines[i], "#") + 1)
	n := uint32(i + 1)
	ig := &ignore{at: at{file: f, rng: ast.Range{Start: ast.Pos{Line: n, Column: from}, End: ast.Pos{Line: n, Column: uint32(len(strings.TrimRight(lines[i], "\r")) + 1)}}}}
	words := strings.Fields(rest)
	for len(words) > 0 && looksLikeCode(words[0]) {
		for _, c := range strings.Split(words[0], ",") {
			if c != "" {
				ig.codes = append(ig.codes, diag.Code(strings.ToUpper(c)))
			}
		}
		words = words[1:]
	}
	ig.reason = strings.TrimSpace(strings.TrimLeft(strings.Join(words, " "), "-:"))
	switch {
	case len(ig.codes) == 0:
		ig.problem = "recentc:ignore does not say which finding to leave out"
	case ig.reason == "":
		ig.problem = "recentc:ignore does not say why"
	case !slices.ContainsFunc(ig.codes, known):
		ig.problem = "there is no finding " + string(ig.codes[0])
	}
	ig.line = nextRule(lines, i+1)
	return ig
}

func looksLikeCode(word string) bool {
	up := strings.ToUpper(word)
	return len(up) >= 6 && strings.HasPrefix(up, "RC") && up[2] >= '0' && up[2] <= '9'
}

func knownCode(c diag.Code) bool {
	_, ours := Lookup(string(c))
	_, compiler := diag.Lookup(string(c))
	return ours || compiler
}

// nextRule is the number of the first line from index i on that is not a comment.
func nextRule(lines []string, i int) uint32 {
	for ; i < len(lines); i++ {
		if body := strings.TrimSpace(lines[i]); body != "" && body[0] != '#' {
			return uint32(i + 1)
		}
	}
	return 0
}

// Suppressed is a finding that a comment leaves out, with the reason given.
type Suppressed struct {
	diag.Diagnostic
	Reason string
}

// Suppress takes out what the comments of the files leave out, and reports
// comments that leave nothing out. What iptables would refuse stays.
func Suppress(files []*ast.File, l diag.List, opts *Options) (kept diag.List, left []Suppressed) {
	index := map[place][]*ignore{}
	var all []*ignore
	for _, f := range files {
		for _, i := range ignoresOf(f, knownCode) {
			if i.problem == "" {
				index[place{f.Name, i.line}] = append(index[place{f.Name, i.line}], i)
				all = append(all, i)
			}
		}
	}
	if len(all) == 0 {
		return l, nil
	}
	for _, d := range l {
		if i := ignoring(index[place{d.File, d.Range.Start.Line}], &d); i != nil {
			i.used = true
			left = append(left, Suppressed{d, i.reason})
		} else {
			kept = append(kept, d)
		}
	}
	s := &set{files: files, opts: opts, check: &ignoreUnused, out: &kept}
	for _, i := range all {
		if !i.used && !slices.ContainsFunc(i.codes, func(c diag.Code) bool { return slices.Contains(opts.Disable, c) }) && !slices.Contains(opts.Disable, ignoreUnused.Code) {
			s.report(i.at, "this leaves nothing out: the next rule has no finding "+string(i.codes[0]), "A comment that is no longer needed hides the next mistake of the kind.", "Remove the comment.")
		}
	}
	return tidy(kept), left
}

// place is a line of an input.
type place struct {
	file string
	line uint32
}

func ignoring(ignores []*ignore, d *diag.Diagnostic) *ignore {
	for _, i := range ignores {
		if slices.Contains(i.codes, d.Code) && !Fatal(d) {
			return i
		}
	}
	return nil
}
