package live

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// Line is a line of a difference.
type Line struct {
	// Op is ' ' for a line of both, '-' for one that goes and '+' for one that comes.
	Op   byte
	Text string
}

// Diff compares what is loaded with a translation, both as nft lists them, without
// counters and elements. It lets nft check the translation first, and loads it into a
// network namespace of its own. No line with an Op other than ' ' means no difference.
func Diff(req Request) ([]Line, error) {
	l := &loader{Request: req, out: &Loaded{}}
	for _, do := range []func() error{l.look, l.read, l.check} {
		if err := do(); err != nil {
			return nil, err
		}
	}
	var out []Line
	for _, t := range req.Tables {
		old, err := listed(t)
		if err != nil {
			return nil, err
		}
		var now []string
		err = lab.WithNamespace(func(ns *lab.Namespace) error {
			return ns.Do(func() (err error) {
				s := newStep(&present{family: t.Family, name: t.Name}, t)
				if _, err = tool(s.script(), "-f", "-"); err == nil {
					now, err = listed(t)
				}
				return err
			})
		})
		if err != nil {
			return nil, err
		}
		out = append(out, compare(tableOf(t, inOrder(old, now)), tableOf(t, now))...)
	}
	return out, nil
}

// listed are the parts of a table as nft lists it, nil if there is none.
func listed(t nft.Table) (parts []string, err error) {
	p, err := look(t.Family, t.Name)
	if err != nil || !p.exists {
		return nil, err
	}
	l, err := list(t.Family, t.Name, "-s")
	if err != nil {
		return nil, err
	}
	parts = []string{""} // for a table with nothing in it
	for i := range l.blocks {
		text, err := p.comparable(&l.blocks[i])
		if err != nil {
			return nil, err
		}
		parts = append(parts, text)
	}
	return parts, nil
}

// inOrder sorts the parts of a table as those of another. The order means nothing, and
// chains that stayed at their hooks come before others.
func inOrder(parts, as []string) []string {
	place := map[string]int{}
	for i, text := range as {
		place[firstLine(text)] = i
	}
	at := func(text string) int {
		if i, there := place[firstLine(text)]; there {
			return i
		}
		return len(as)
	}
	slices.SortStableFunc(parts, func(a, b string) int { return cmp.Compare(at(a), at(b)) })
	return parts
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// tableOf is a table of these parts, "" if there is none.
func tableOf(t nft.Table, parts []string) string {
	if parts == nil {
		return ""
	}
	return "table " + t.Family + " " + t.Name + " {\n" + strings.Join(parts, "") + "}\n"
}

// comparable is the text of a block, with the elements of sets that are not filled by
// packets.
func (p *present) comparable(b *block) (string, error) {
	set := p.set(b.name)
	if b.kind != "set" && b.kind != "map" || set != nil && set.hasRole || strings.Contains(b.text, "flags dynamic") {
		return b.plain(), nil
	}
	text, err := withElements(p.family, p.name, b, "-s")
	return expiry.ReplaceAllString(text, ""), err
}

// expiry is how long an element still lives.
var expiry = regexp.MustCompile(` expires [0-9dhms]+`)

// compare finds the lines that two texts share, as many as it can within reason.
func compare(old, now string) (out []Line) {
	a, b := lines(old), lines(now)
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	out = append(out, marked(' ', a[:start])...)
	out = append(out, middle(a[start:len(a)-end], b[start:len(b)-end])...)
	return append(out, marked(' ', a[len(a)-end:])...)
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

func marked(op byte, lines []string) (out []Line) {
	for _, l := range lines {
		out = append(out, Line{op, l})
	}
	return out
}

// mostCells bounds the memory of a comparison; beyond, all lines are replaced.
const mostCells = 25_000_000

// middle compares by the longest common subsequence.
func middle(a, b []string) (out []Line) {
	if len(a)*len(b) > mostCells {
		return append(marked('-', a), marked('+', b)...)
	}
	// common[i][j] is the length of what a[i:] and b[j:] share.
	common := make([][]int32, len(a)+1)
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, Line{' ', a[i]})
			i++
			j++
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = append(out, Line{'-', a[i]})
			i++
		default:
			out = append(out, Line{'+', b[j]})
			j++
		}
	}
	return out
}
