package explain

import (
	"fmt"
	"io"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/display"
)

// WriteDOT writes how addresses come into the lists and what depends on them, as a graph in the language of
// Graphviz: boxes are rules, in the order of the packets, and rounds are lists. An arrow to a list records
// or removes; an arrow from a list is a question.
func WriteDOT(w io.Writer, lists []List) error {
	d := &drawing{rules: map[*compile.Rule]string{}}
	d.b.WriteString("digraph recent {\n\trankdir=LR;\n\tnode [fontname=\"sans-serif\"];\n")
	for i := range lists {
		d.list(fmt.Sprintf("list%d", i), &lists[i])
	}
	d.b.WriteString("}\n")
	_, err := io.WriteString(w, d.b.String())
	return err
}

type drawing struct {
	b     strings.Builder
	rules map[*compile.Rule]string
}

func (d *drawing) list(node string, l *List) {
	fmt.Fprintf(&d.b, "\t%s [shape=ellipse, label=%s];\n", node, quoted(l.Name, l.Family))
	for i := range l.Uses {
		u := &l.Uses[i]
		rule := d.rule(u)
		for _, m := range u.matches {
			d.arrows(rule, node, m)
		}
	}
}

// rule draws a rule once, however many lists it uses.
func (d *drawing) rule(u *Use) string {
	if _, ok := d.rules[u.rule]; !ok {
		d.rules[u.rule] = fmt.Sprintf("rule%d", len(d.rules))
		target := "count"
		if u.rule.Target != nil {
			target = u.rule.Target.Extension()
		}
		if j, ok := u.rule.Target.(*compile.Jump); ok {
			target = "chain " + j.Chain
		}
		fmt.Fprintf(&d.b, "\t%s [shape=box, label=%s];\n", d.rules[u.rule], quoted(u.Place, u.Chain, target))
	}
	return d.rules[u.rule]
}

func (d *drawing) arrows(rule, list string, m *compile.Recent) {
	if asks(m) {
		fmt.Fprintf(&d.b, "\t%s -> %s [style=dashed, label=%s];\n", list, rule, quoted(was(m)))
	}
	switch m.Op {
	case compile.Set, compile.Update:
		fmt.Fprintf(&d.b, "\t%s -> %s [label=%s];\n", rule, list, quoted(m.Op.String()))
	case compile.Remove:
		fmt.Fprintf(&d.b, "\t%s -> %s [label=remove, arrowhead=tee];\n", rule, list)
	}
}

// quoted is a string of the language of some lines: quotes and backslashes are special in it, and the &
// of HTML's names for characters.
func quoted(lines ...string) string {
	for i, l := range lines {
		lines[i] = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;").Replace(display.Line(l))
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
