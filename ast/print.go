package ast

import (
	"strconv"
	"strings"
)

var opFlags = [...]string{
	Append: "-A", Insert: "-I", Delete: "-D", Replace: "-R", NewChain: "-N",
	DeleteChain: "-X", RenameChain: "-E", Flush: "-F", Zero: "-Z", Policy: "-P", List: "-S", Check: "-C",
}

// Flag returns the short option that stands for the command, such as "-A".
func (o Op) Flag() string { return opFlags[o] }

// Print writes f as text of its own style that parses to the same entries.
// Comments and blank lines are not part of a File and are not printed.
func Print(f *File) string {
	var b strings.Builder
	for _, e := range f.Entries {
		printEntry(&b, f, e)
		b.WriteByte('\n')
	}
	return b.String()
}

func printEntry(b *strings.Builder, f *File, e Entry) {
	switch e := e.(type) {
	case *Table:
		b.WriteString("*" + quote(e.Name, Save))
	case *Chain:
		b.WriteString(":" + quote(e.Name, Save) + " " + quote(e.Policy, Save))
		if e.Counters.Set {
			b.WriteString(" " + e.Counters.String())
		}
	case *Commit:
		b.WriteString("COMMIT")
	case *Rule:
		printRule(b, f.Style, e)
	}
}

// String writes the counters as iptables-save does: "[packets:bytes]".
func (c Counters) String() string {
	return "[" + strconv.FormatUint(c.Packets, 10) + ":" + strconv.FormatUint(c.Bytes, 10) + "]"
}

func printRule(b *strings.Builder, s Style, r *Rule) {
	if s == Commands {
		b.WriteString([...]string{FamilyUnknown: "iptables ", IPv4: "iptables ", IPv6: "ip6tables "}[r.Family])
	} else if r.Counters.Set {
		b.WriteString(r.Counters.String() + " ")
	}
	o := r.Operand()
	if o.Table.Text != "" || o.Table.Quoted {
		b.WriteString("-t " + quote(o.Table, s) + " ")
	}
	b.WriteString(r.Op.Flag())
	for _, w := range []Word{r.Chain, o.Number, o.Arg} {
		if w.Text != "" || w.Quoted {
			b.WriteString(" " + quote(w, s))
		}
	}
	options := r.Options(nil)
	for i := range options {
		printOption(b, s, &options[i])
	}
}

func printOption(b *strings.Builder, s Style, o *Option) {
	if o.Not && !o.NotLate {
		b.WriteString(" !")
	}
	if o.Name != "" {
		b.WriteString(" " + o.Name)
	}
	if o.NotLate {
		b.WriteString(" !")
	}
	for _, w := range o.Values {
		b.WriteString(" " + quote(w, s))
	}
}

// quote writes a word so that it is read back as the same word. A word that was
// quoted stays quoted: the quotes keep a leading dash from being an option.
func quote(w Word, s Style) string {
	if !w.Quoted && w.Text != "" && !strings.ContainsAny(w.Text, " \t\"'\\") {
		return w.Text
	}
	if s == Commands {
		return "'" + strings.ReplaceAll(w.Text, "'", `'\''`) + "'"
	}
	if !w.Quoted && !strings.ContainsAny(w.Text, " \t\"") && w.Text != "" {
		return w.Text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w.Text) + `"`
}
