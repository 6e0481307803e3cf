package compile

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// StringTest looks for a text in the packet, which may begin From to Last bytes
// behind the beginning of the IP header.
type StringTest struct {
	Pattern    []byte
	From, Last uint32
	// AnyCase takes small letters for capitals.
	AnyCase bool
	Not     bool
}

// Extension implements Step.
func (*StringTest) Extension() string { return "string" }

// Kind implements Step.
func (*StringTest) Kind() Kind { return Condition }

const (
	// maxPattern is XT_STRING_MAX_PATTERN_SIZE.
	maxPattern = 128
	// maxPlaces is at how many places a text is looked for, each a rule of its own.
	maxPlaces = 32
)

var stringMatch = &extension{
	name: "string",
	options: []option{
		{name: "string", args: 1, not: true, text: true}, {name: "hex-string", args: 1, not: true, text: true},
		{name: "algo", args: 1}, {name: "from", args: 1}, {name: "to", args: 1}, {name: "icase"},
	},
	match: func(c *call) Step {
		g := c.oneOf("string", "hex-string")
		if g == nil || c.need("algo", "bm or kmp") == nil {
			return nil
		}
		m := &StringTest{AnyCase: c.has("icase"), Not: g.not}
		to := uint64(1<<16 - 1)
		if !c.each(func(g *given) bool { return c.stringOption(m, &to, g) }) || !c.stringFits(m, g, to) {
			return nil
		}
		return m
	},
}

func (c *call) stringOption(m *StringTest, to *uint64, g *given) (ok bool) {
	var n uint64
	switch g.name {
	case "string":
		m.Pattern, ok = []byte(g.value().Text), true
	case "hex-string":
		m.Pattern, ok = c.hexString(g.value())
	case "algo":
		_, ok = c.exactly(g.value(), "bm", "kmp")
	case "from":
		n, ok = c.number(g.value(), 0, 1<<16-1)
		m.From = uint32(n)
	case "to":
		*to, ok = c.number(g.value(), 0, 1<<16-1)
	default:
		return true
	}
	return ok
}

// stringFits bounds where the text can begin. As the manual says, the text ends in
// front of --to; so it does from Linux 6.1 on (skb_find_text), and older kernels let
// it begin there.
func (c *call) stringFits(m *StringTest, g *given, to uint64) bool {
	n := uint64(len(m.Pattern))
	if n == 0 || n > maxPattern {
		c.bad(g.value(), "a text of %d bytes; 1 to %d are possible", n, maxPattern)
		return false
	}
	if uint64(m.From) > to {
		c.bad(g.value(), "--from is behind --to")
		return false
	}
	if k := c.opts.Kernel; k != (Version{}) && !k.AtLeast(6, 1) {
		to += n
	}
	if uint64(m.From)+n > to {
		c.warn(diag.OddValue, g.at, "the text does not fit between --from and --to",
			"It is never found there from Linux 6.1 on, nor in the translation. Older kernels let it begin as far back as --to.",
			fmt.Sprintf("To find it as older kernels did, write --to %d, or say --kernel 5.10 or the like.", to+n))
		m.Last = 0
		m.From = 1 // no place at all
		return true
	}
	m.Last = uint32(to - n)
	if m.Last-m.From >= maxPlaces {
		c.unsupported(g.at, "a search through the packet", fmt.Sprintf(
			"nftables compares at fixed places only. If the text always stands at byte N of the IP packet, add --from N --to N+%d; otherwise queue the packets to a program that looks into them (-j NFQUEUE).", n))
		return false
	}
	return true
}

// hexString reads a text with bytes in hexadecimal between bars: "|03|www|00|". A
// backslash keeps the next character.
func (c *call) hexString(w ast.Word) (out []byte, ok bool) {
	inHex := false
	for i, p := 0, w.Text; i < len(p); i++ {
		switch {
		case p[i] == '|':
			inHex = !inHex
		case inHex && p[i] == ' ':
		case inHex:
			b, err := hex.DecodeString(p[i:min(i+2, len(p))])
			if err != nil || len(b) != 1 {
				c.bad(w, "%q is not in pairs of hexadecimal digits", p)
				return nil, false
			}
			out, i = append(out, b[0]), i+1
		case p[i] == '\\' && i+1 < len(p):
			i++
			out = append(out, p[i])
		default:
			out = append(out, p[i])
		}
	}
	if inHex || strings.HasSuffix(w.Text, `\`) && !strings.HasSuffix(w.Text, `\\`) {
		c.bad(w, "%q ends in the middle", w.Text)
		return nil, false
	}
	return out, true
}
