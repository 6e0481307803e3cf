package bounds

import (
	"fmt"
	"strings"
)

// input is a kind of file that can be made in any size.
type input struct {
	name string
	// file is what the file is called: its ending tells recentc how to read it.
	file string
	text func(size int) string
}

// heads are the lines in front of the rules of a save file.
const heads = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"

// fill repeats a piece of text until it has about the size.
func fill(size int, piece func(i int) string) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		b.WriteString(piece(i))
	}
	return b.String()
}

// same is a piece that does not depend on its number.
func same(s string) func(int) string { return func(int) string { return s } }

// count is how many pieces of a length fit in a size.
func count(size, length int) int { return max(2, size/length) }

// each is fill with a number of pieces.
func each(n int, piece func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(piece(i))
	}
	return b.String()
}

// rules is a save file of many rules.
func rules(name string, rule func(i int) string) input {
	return input{name, "in.rules", func(size int) string { return heads + fill(size, rule) + "COMMIT\n" }}
}

// wide is a save file of one rule that has many times the same kind of option.
func wide(name, before string, piece func(i int) string, behind string) input {
	return input{name, "in.rules", func(size int) string {
		return heads + "-A INPUT " + before + fill(size, piece) + behind + "\nCOMMIT\n"
	}}
}

// chained is a save file of n chains, each with the rules that body gives; the
// first is called from INPUT.
func chained(name string, length int, body func(i, n int) string) input {
	return input{name, "in.rules", func(size int) string {
		n := count(size, length)
		return heads + each(n, func(i int) string { return fmt.Sprintf(":C%d - [0:0]\n", i) }) +
			"-A INPUT -j C0\n" + each(n, func(i int) string { return body(i, n) }) + "COMMIT\n"
	}}
}

// commands is a list of iptables commands.
func commands(name string, line func(i int) string) input {
	return input{name, "in.txt", func(size int) string { return fill(size, line) }}
}

// halves is a save file whose first half of rules is made by one function and whose
// second half by another, for as many rules.
func halves(name string, length int, first, second func(i, n int) string) input {
	return input{name, "in.rules", func(size int) string {
		n := count(size, length)
		return heads + each(n, func(i int) string { return first(i, n) }) + each(n, func(i int) string { return second(i, n) }) + "COMMIT\n"
	}}
}

// address is the i-th IPv4 address.
func address(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255) }

// f is fmt.Sprintf as a piece, for formats that take the number once.
func f(format string) func(int) string {
	return func(i int) string { return fmt.Sprintf(format, i) }
}

// f2 is the same for formats that take it twice.
func f2(format string) func(int) string {
	return func(i int) string { return fmt.Sprintf(format, i, i) }
}
