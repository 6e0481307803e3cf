package live

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// listing is a table as nft prints it, cut into its blocks.
type listing struct {
	// handle is the table's number, which no later table gets.
	handle uint64
	// comment is the table's own.
	comment string
	// blocks are the sets, chains and other objects in their order.
	blocks []block
}

// block is a set, a chain or another object of a table.
type block struct {
	kind, name string
	// text is all of it, with the lines that begin and end it.
	text string
	// lines are what is inside; a statement that nft prints on several lines is one.
	lines []string
}

var (
	tableLine = regexp.MustCompile(`^table \S+ \S+ \{(?: # handle (\d+))?`)
	blockLine = regexp.MustCompile(`^\t([a-z][a-z ]*[a-z]) (\S+) \{(?: # handle \d+)?$`)
)

// list reads a table with nft, without the elements of its sets.
func list(family, table string, options ...string) (*listing, error) {
	text, err := tool("", append(append([]string{"-t", "-a"}, options...), "list", "table", family, table)...)
	if err != nil {
		return nil, err
	}
	return parseListing(text)
}

// parseListing cuts the text of one table.
func parseListing(text string) (*listing, error) {
	lines := strings.Split(text, "\n")
	m := tableLine.FindStringSubmatch(lines[0])
	if m == nil {
		return nil, errors.New("nft lists the table in a form that recentc does not know")
	}
	out := &listing{}
	out.handle, _ = strconv.ParseUint(m[1], 10, 64)
	var open *block
	for _, line := range lines[1:] {
		switch {
		case open == nil && strings.HasPrefix(line, "\tcomment "):
			out.comment, _ = strconv.Unquote(strings.TrimPrefix(line, "\tcomment "))
		case open == nil:
			if m := blockLine.FindStringSubmatch(line); m != nil {
				open = &block{kind: m[1], name: m[2], text: line + "\n"}
			}
		case line == "\t}":
			open.text += line + "\n"
			out.blocks = append(out.blocks, *open)
			open = nil
		default:
			open.add(line)
		}
	}
	return out, nil
}

// add takes a line of the block. nft continues a statement on lines that stand
// further to the right.
func (b *block) add(line string) {
	b.text += line + "\n"
	inner := strings.TrimPrefix(line, "\t\t")
	if n := len(b.lines); n > 0 && strings.HasPrefix(inner, "\t") {
		b.lines[n-1] += " " + strings.TrimSpace(inner)
		return
	}
	if strings.TrimSpace(inner) != "" {
		b.lines = append(b.lines, inner)
	}
}

// find returns the block of that kind and name, nil if there is none.
func (l *listing) find(kind, name string) *block {
	for i := range l.blocks {
		if b := &l.blocks[i]; b.kind == kind && b.name == name {
			return b
		}
	}
	return nil
}

var handleComment = regexp.MustCompile(`(?m) # handle \d+$`)

// plain is the text of the blocks without handles, as nft reads it.
func (b *block) plain() string { return handleComment.ReplaceAllString(b.text, "") }
