package nft

import (
	"cmp"
	"io"
	"strconv"
	"strings"
)

// A printer takes text. It keeps the first error for itself, as a bufio.Writer does.
type printer interface {
	io.StringWriter
	io.ByteWriter
}

// writeTable prints a table in the form that `nft -f` reads, replacing a table
// of the same name in the same transaction: `destroy` is not known before nft
// 1.0.7, so the table is made sure to exist, and deleted.
func writeTable(b *strings.Builder, family, name string, sets []*set, chains []*chain) Table {
	id := family + " " + name
	b.WriteString("table " + id + "\ndelete table " + id + "\n\ntable " + id + " {\n\tcomment \"" + TableComment + "\"\n\n")
	ends := make([]int, 0, len(sets)+2)
	ends = append(ends, b.Len())
	for _, s := range sets {
		s.write(b)
		ends = append(ends, b.Len())
	}
	for _, c := range chains {
		c.write(b)
	}
	ends = append(ends, b.Len())
	b.WriteString("}\n")
	return tableOf(b.String(), family, name, sets, ends)
}

// tableOf cuts the table's text where its parts end.
func tableOf(text, family, name string, sets []*set, ends []int) Table {
	t := Table{Family: family, Name: name, Chains: text[ends[len(sets)]:ends[len(sets)+1]]}
	for i, s := range sets {
		t.Sets = append(t.Sets, Set{Name: s.name, Kind: cmp.Or(s.kind, "set"), Comment: s.comment, Size: s.size, Text: text[ends[i]:ends[i+1]]})
	}
	return t
}

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
		b.WriteString("\t# " + line + "\n")
	}
}

func (c *chain) write(b printer) {
	about(b, c.about)
	b.WriteString("\tchain " + c.name + " {\n")
	if c.hook != "" {
		b.WriteString("\t\ttype " + c.kind + " hook " + c.hook + " priority " + c.priority + "; policy " + c.policy + ";\n")
	}
	for i := range c.rules {
		c.rules[i].print(b)
	}
	b.WriteString("\t}\n\n")
}

// print writes the rule's lines.
func (r *rule) print(b printer) {
	b.WriteString(r.text)
	for _, line := range r.source {
		b.WriteString("\t\t# ")
		b.WriteString(line)
		b.WriteByte('\n')
	}
	if len(r.stmts) > 0 {
		b.WriteString("\t\t")
		r.write(b)
		b.WriteByte('\n')
	}
}
