package compile

import (
	"encoding/hex"
	"fmt"

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
// backslash keeps the next character. What is behind a bar is read in the new mode
// whatever it is, as iptables does.
func (c *call) hexString(w ast.Word) (out []byte, ok bool) {
	h := hexReader{text: w.Text}
	for h.at < len(h.text) {
		more, why := h.next()
		if why != "" {
			c.bad(w, "%q %s", w.Text, why)
			return nil, false
		}
		if !more {
			break
		}
	}
	return h.out, true
}

// hexReader reads a --hex-string byte by byte.
type hexReader struct {
	text string
	at   int
	hex  bool
	out  []byte
}

// next reads one byte; why says what is wrong.
func (h *hexReader) next() (more bool, why string) {
	switch {
	case h.text[h.at] == '\\' && h.hex:
		return false, "has a backslash among hexadecimal digits"
	case h.text[h.at] == '\\':
		if h.at+1 >= len(h.text) {
			return false, "ends in the middle"
		}
		h.out = append(h.out, h.text[h.at+1])
		h.at += 2
		return true, ""
	case h.text[h.at] == '|' && !h.bar():
		return false, ""
	case h.hex:
		return h.pair()
	}
	h.out = append(h.out, h.text[h.at])
	h.at++
	return true, ""
}

// bar goes behind a bar, and tells whether there is more.
func (h *hexReader) bar() bool {
	h.hex = !h.hex
	for h.hex && h.at+1 < len(h.text) && h.text[h.at+1] == ' ' {
		h.at++
	}
	h.at++
	return h.at < len(h.text)
}

// pair reads two digits, and a blank behind them.
func (h *hexReader) pair() (more bool, why string) {
	rest := h.text[h.at:]
	if len(rest) < 3 {
		return false, "ends in the middle"
	}
	b, err := hex.DecodeString(rest[:2])
	if err != nil {
		return false, "is not in pairs of hexadecimal digits"
	}
	h.out = append(h.out, b[0])
	h.at += 2
	if rest[2] == ' ' {
		h.at++
	}
	return true, ""
}
