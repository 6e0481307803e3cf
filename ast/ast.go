// Package ast holds what a rule file says, without knowing what it means.
//
// It stands between grammar, which makes it, and compile, which gives it a
// meaning. It imports nothing of this project. Every node carries the range of
// text that it was read from, so that each later stage can point at it.
package ast

import (
	"fmt"
	"strings"
	"sync"
)

// Pos is a place in a file. Line and Column count from 1; Column counts bytes.
// The zero Pos means that the place is unknown.
type Pos struct{ Line, Column uint32 }

// Range is a piece of a file's text, from Start up to but not including End.
// Both ends lie in the file that the surrounding File names.
type Range struct{ Start, End Pos }

// Span returns the smallest range that covers a and b. A zero range is left out.
func Span(a, b Range) Range {
	switch {
	case a == Range{}:
		return b
	case b == Range{}:
		return a
	}
	return Range{Start: a.Start, End: b.End}
}

// String gives the start as "line:column", as editors and compilers do.
func (r Range) String() string { return fmt.Sprintf("%d:%d", r.Start.Line, r.Start.Column) }

// Family is the address family that a file or a command is written for.
type Family uint8

// The families. FamilyUnknown is what a save file without a header has.
const (
	FamilyUnknown Family = iota
	IPv4
	IPv6
)

// String returns the family's name as nftables writes it: "ip" or "ip6".
func (f Family) String() string { return [...]string{"auto", "ip", "ip6"}[f] }

// Style tells how the text was written, which decides quoting and comments.
type Style uint8

// The styles of input.
const (
	// Save is iptables-save's format: *table, chain lines, rules, COMMIT.
	Save Style = iota
	// Commands is a list of iptables command lines, as manuals print them.
	Commands
)

// File is one input, in the order in which it was written.
type File struct {
	// Name is the name to show in messages: the path, or "<stdin>".
	Name string
	// Text is the whole input.
	Text  string
	Style Style
	// Family is what the text itself says, by its header or its commands.
	Family  Family
	Entries []Entry

	index  sync.Once
	starts []int
}

// Line returns the text of line n, which counts from 1, without its end; "" for
// a line that is not there.
func (f *File) Line(n uint32) string {
	f.index.Do(f.indexLines)
	if n == 0 || int(n) > len(f.starts) {
		return ""
	}
	end := len(f.Text)
	if int(n) < len(f.starts) {
		end = f.starts[n] - 1
	}
	return strings.TrimSuffix(f.Text[f.starts[n-1]:end], "\r")
}

func (f *File) indexLines() {
	f.starts = make([]int, 1, strings.Count(f.Text, "\n")+1)
	for at := 0; ; {
		end := strings.IndexByte(f.Text[at:], '\n')
		if end < 0 {
			return
		}
		at += end + 1
		f.starts = append(f.starts, at)
	}
}

// Entry is one meaningful line of a file: a *Table, *Chain, *Rule or *Commit.
type Entry interface{ At() Range }

// Table opens a table's section in a save file ("*filter").
type Table struct {
	Range
	Name Word
}

// Chain is a chain line in a save file (":INPUT DROP [0:0]"). Policy is "-"
// for a chain of the user's own.
type Chain struct {
	Range
	Name     Word
	Policy   Word
	Counters Counters
}

// Commit closes a table's section.
type Commit struct{ Range }

// Counters are a rule's or a chain's packet and byte counts. Set tells a
// written "[0:0]" from none.
type Counters struct {
	Packets, Bytes uint64
	Set            bool
}

// Op is what a command does with its chain.
type Op uint8

// The commands that change a rule set.
const (
	Append Op = iota
	Insert
	Delete
	Replace
	NewChain
	DeleteChain
	RenameChain
	Flush
	Zero
	Policy
	List  // -L, -S: shows, changes nothing
	Check // -C: asks whether the rule is there, changes nothing
)

// Rule is a command: "-A INPUT ..." and its kin, with its options as written.
type Rule struct {
	Range
	Op Op
	// Family is set where the command's own name tells (ip6tables).
	Family Family
	// Only is set where an option, -4 or -6, tells that the rule is for one family.
	Only Family
	// Chain is the chain that is named, empty for "-F" on all chains.
	Chain Word
	// Operands is nil for nearly every rule of a save file; see [Rule.Operand].
	Operands *Operands
	Counters Counters
	// Source is the text of the command, without a prompt and line ends.
	Source string
	// Expanded tells that a shell has made Source of something else, so that the
	// line in the file does not show the command.
	Expanded bool

	// pieces are the options as parts of Source, which begins at column of the
	// rule's line; whole has them where they are not. See [Rule.Options].
	column uint32
	pieces []piece
	whole  *[]Option
}

// Operands are words of commands that a rule of a save file hardly ever has. They
// are empty where there are none.
type Operands struct {
	// Table is the value of -t.
	Table Word
	// Number is the position in "-I CHAIN 3", "-D CHAIN 3" or "-R CHAIN 3".
	Number Word
	// Arg is the policy of -P or the new name of -E.
	Arg Word
}

// Operand gives the rule's Operands, also where it has none.
func (r *Rule) Operand() Operands {
	if r.Operands == nil {
		return Operands{}
	}
	return *r.Operands
}

// SetOperand gives the rule its Operands.
func (r *Rule) SetOperand(o Operands) {
	if r.Operands = nil; o != (Operands{}) {
		r.Operands = &o
	}
}

// Ran is the command as the shell ran it, empty where the file shows it as it is.
func (r *Rule) Ran() string {
	if !r.Expanded {
		return ""
	}
	return [...]string{FamilyUnknown: "iptables ", IPv4: "iptables ", IPv6: "ip6tables "}[r.Family] + r.Source
}

// Option is one option with the words that follow it. How many of them belong
// to it is for the option's extension to say.
type Option struct {
	Range
	// Name is as written, dashes included: "-p", "--dport", "--upd".
	Name string
	// Not is true for "! --opt value" and for the old "--opt ! value".
	Not bool
	// NotLate is true for the old place, after the option's name.
	NotLate bool
	Values  []Word
}

// Word is an option's value, without its quotes.
type Word struct {
	Text string
	Range
	Quoted bool
}

// At returns the table line's range.
func (t *Table) At() Range { return t.Range }

// At returns the chain line's range.
func (c *Chain) At() Range { return c.Range }

// At returns the COMMIT line's range.
func (c *Commit) At() Range { return c.Range }

// At returns the command's range.
func (r *Rule) At() Range { return r.Range }
