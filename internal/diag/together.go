package diag

import (
	"fmt"
	"strings"
)

// mostLines is how many lines Together names for a set.
const mostLines = 5

// Together puts what is said of missing sets in one diagnostic for each file, at the
// first place: they have one cause and one remedy. The list is sorted.
func (l List) Together() List {
	type group struct {
		file, why, fix string
		code           Code
		severity       Severity
	}
	first := map[group]int{}
	others := map[int]*missing{}
	out := l[:0:0]
	for _, d := range l {
		if d.Missing == "" {
			out = append(out, d)
			continue
		}
		g := group{d.File, d.Why, d.Fix, d.Code, d.Severity}
		if i, again := first[g]; again {
			others[i].add(d.Missing, d.Range.Start.Line)
			continue
		}
		first[g], others[len(out)] = len(out), &missing{first: d.Missing, lines: map[string][]uint32{}}
		out = append(out, d)
	}
	for i, m := range others {
		out[i].Summary += m.String()
	}
	return out
}

// missing has the lines in which sets are missing, and their names in the order found.
type missing struct {
	first string // the set that the diagnostic is about already
	names []string
	lines map[string][]uint32
}

func (m *missing) add(name string, line uint32) {
	lines := m.lines[name]
	if lines == nil {
		m.names = append(m.names, name)
	}
	if n := len(lines); n == 0 || lines[n-1] != line {
		m.lines[name] = append(lines, line)
	}
}

func (m *missing) String() (text string) {
	if again := m.lines[m.first]; again != nil {
		text = "; again in " + inLines(again)
	}
	var others []string
	for _, name := range m.names {
		if name != m.first {
			others = append(others, name+" ("+inLines(m.lines[name])+")")
		}
	}
	if len(others) > 0 {
		text += "; also missing: " + strings.Join(others, ", ")
	}
	return text
}

func inLines(lines []uint32) string {
	if len(lines) == 1 {
		return fmt.Sprintf("line %d", lines[0])
	}
	var some []string
	for _, n := range lines[:min(len(lines), mostLines)] {
		some = append(some, fmt.Sprint(n))
	}
	text := "lines " + strings.Join(some, ", ")
	if more := len(lines) - mostLines; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
