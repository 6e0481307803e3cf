package nft

import (
	"cmp"
	"strconv"
	"strings"
)

func (s *set) write(b printer) {
	about(b, s.about)
	b.WriteString("\t" + cmp.Or(s.kind, "set") + " " + s.name + " {\n\t\t" + s.key + "\n")
	if s.size > 0 {
		b.WriteString("\t\tsize " + strconv.FormatUint(uint64(s.size), 10) + "\n")
	}
	if s.flags != "" {
		b.WriteString("\t\tflags " + s.flags + "\n")
	}
	if s.timeout != "" {
		b.WriteString("\t\ttimeout " + s.timeout + "\n")
	}
	if s.comment != "" {
		b.WriteString("\t\tcomment \"" + s.comment + "\"\n")
	}
	if s.collect != "" {
		b.WriteString("\t\tgc-interval " + s.collect + "\n")
	}
	if s.counter {
		b.WriteString("\t\tcounter\n")
	}
	s.writeEntries(b)
	b.WriteString("\t}\n\n")
}

// elementColumns is how wide a line of elements becomes.
const elementColumns = 100

// writeEntries prints the elements in lines of a readable length, which is also
// what editors and diffs can take where there are a hundred thousand.
func (s *set) writeEntries(b printer) {
	if len(s.entries) == 0 {
		return
	}
	b.WriteString("\t\telements = {")
	column, alone := elementColumns, false
	for i, e := range s.entries {
		before := alone
		alone = strings.Contains(e, ` comment "`)
		if column += len(e) + 2; column > elementColumns || alone || before {
			b.WriteString("\n\t\t\t")
			column = len(e)
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(e)
		if i < len(s.entries)-1 {
			b.WriteByte(',')
		}
	}
	b.WriteString("\n\t\t}\n")
}

func about(b printer, text string) {
	if text == "" {
		return
	}
	for _, line := range strings.Split(text, "\n") {
		b.WriteString("\t# " + printable(line) + "\n")
	}
}

func (c *chain) write(b printer) {
	about(b, c.about)
	b.WriteString("\tchain " + c.name + " {\n")
	if c.hook != "" {
		b.WriteString("\t\ttype " + c.kind + " hook " + c.hook + " priority " + c.priority + "; policy " + c.policy + ";\n")
	}
	for r := range c.all {
		r.print(b)
	}
	b.WriteString("\t}\n\n")
}

func (c *chain) writeRule(p *printout, r *rule) {
	if !c.spread || r.portSet() < 0 {
		p.print(r)
		return
	}
	for _, one := range r.spread() {
		p.print(&one)
	}
}

// print writes the rule's lines.
func (r *rule) print(b printer) {
	b.WriteString(r.text)
	b.WriteString(r.above)
	if r.from != nil {
		r.printFrom(b)
	}
	if len(r.stmts) > 0 {
		b.WriteString("\t\t")
		r.write(b)
		b.WriteByte('\n')
	}
}
