package nft

import (
	"cmp"
	"io"
	"strings"
)

// Script is a finished translation that can be printed.
type Script struct {
	// Matches tells for every recent match how faithful its translation is, in
	// the order of the rules.
	Matches []Match
	// Rules counts the rules that were translated.
	Rules int

	header string
	tables []tableText
}

// Output is the result of a translation.
type Output struct {
	// Text is the whole script. It is empty where there were errors.
	Text string
	// Matches tells for every recent match how faithful its translation is, in
	// the order of the rules.
	Matches []Match
	// Rules counts the rules that were translated.
	Rules int
	// Tables are the parts of Text, for who loads them one by one.
	Tables []Table
}

// Table is one table of the output. Its parts together are its whole content.
type Table struct {
	Family, Name string
	Sets         []Set
	// Chains is the text of all chains, with their rules.
	Chains string
	// Meanings are those of the rules of each chain, where Options.Meanings asks for them.
	Meanings map[string][]Meaning
}

// Set is a set of a table, or another named object.
type Set struct {
	Name string
	// Kind is "set" for a set, and else as nft calls the object, "ct helper".
	Kind string
	// Comment is the [Role] of a list's set, and empty for others.
	Comment string
	Size    uint32
	Text    string
}

// Write writes the whole script, and returns the first error of w.
func (s *Script) Write(w io.Writer) error {
	b := newBehind(w)
	s.print(b, func() {})
	return b.close()
}

// Output is the script with its parts, in memory.
func (s *Script) Output() Output {
	var length counting
	s.print(&length, func() {})
	var text strings.Builder
	text.Grow(int(length))
	var ends []int
	s.print(&text, func() { ends = append(ends, text.Len()) })
	out := Output{Text: text.String(), Matches: s.Matches, Rules: s.Rules}
	for i := range s.tables {
		t := &s.tables[i]
		n := len(t.sets) + 2
		out.Tables = append(out.Tables, t.cut(out.Text, ends[:n]))
		ends = ends[n:]
	}
	return out
}

// print prints the script, and tells where a part ends: see [tableText.print].
func (s *Script) print(b printer, end func()) {
	b.WriteString(s.header)
	for i := range s.tables {
		s.tables[i].print(b, end)
	}
}

// A printer takes text. It keeps the first error for itself, as a bufio.Writer does.
type printer interface {
	io.StringWriter
	io.ByteWriter
}

// counting is a printer that only counts the bytes.
type counting int

// WriteString implements printer.
func (c *counting) WriteString(s string) (int, error) {
	*c += counting(len(s))
	return len(s), nil
}

// WriteByte implements printer.
func (c *counting) WriteByte(byte) error {
	*c++
	return nil
}

// Replace is what stands in front of a table in a script, so that it replaces one of
// the same name in the same transaction. `destroy` is not known before nft 1.0.7, so the
// table is made sure to exist, and deleted.
//
// The old chains are empty as soon as the new ones have their rules, but the kernel takes
// them off their hooks one by one afterwards, in the order of the transaction. Until then
// a policy of drop would lose what both tables accept. A dormant table has no hooks, so
// the kernel takes them all off in front of everything else.
func Replace(family, table string) string {
	id := family + " " + table
	return "table " + id + " { flags dormant; }\ndelete table " + id + "\n"
}

// tableText is a table of the script.
type tableText struct {
	family, name string
	sets         []*set
	chains       []*chain
}

// print prints a table in the form that `nft -f` reads. It tells where its head, each
// set and the chains end.
func (t *tableText) print(b printer, end func()) {
	id := t.family + " " + t.name
	b.WriteString(Replace(t.family, t.name) + "\ntable " + id + " {\n\tcomment \"" + TableComment + "\"\n\n")
	end()
	for _, s := range t.sets {
		s.write(b)
		end()
	}
	for _, c := range t.chains {
		c.write(b)
	}
	end()
	b.WriteString("}\n")
}

// cut cuts the text where the table's parts end.
func (t *tableText) cut(text string, ends []int) Table {
	n := len(t.sets)
	out := Table{Family: t.family, Name: t.name, Chains: text[ends[n]:ends[n+1]]}
	out.Meanings = t.meanings()
	for i, s := range t.sets {
		out.Sets = append(out.Sets, Set{Name: s.name, Kind: cmp.Or(s.kind, "set"), Comment: s.comment, Size: s.size, Text: text[ends[i]:ends[i+1]]})
	}
	return out
}

// meanings are what the rules of each chain mean, in their order; nil where that was not
// asked for.
func (t *tableText) meanings() map[string][]Meaning {
	var out map[string][]Meaning
	for _, c := range t.chains {
		for r := range c.all {
			if len(r.meant) == 0 {
				continue
			}
			if out == nil {
				out = map[string][]Meaning{}
			}
			out[c.name] = append(out[c.name], r.meant...)
		}
	}
	return out
}
