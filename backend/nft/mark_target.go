package nft

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

func (t *translator) setMark(m *compile.SetMark) end {
	return setTo(metaMarkField, changed(metaMarkField, m.Change))
}

// markChange writes what becomes of a mark, "" where it stays as it is. nft has
// no name for all of (mark & KEEP) ^ TOGGLE but "&" and "^" in this order; "|" is
// the same where only bits that were cleared are turned over.
func markChange(mark string, ch compile.Change) string {
	keep, cleared := ^ch.Clear, ch.Toggle&^ch.Clear == 0
	switch {
	case keep == 0:
		return fmt.Sprintf("%#x", ch.Toggle)
	case ch.Clear == 0 && ch.Toggle == 0:
		return ""
	case ch.Clear == 0:
		return fmt.Sprintf("%s ^ %#x", mark, ch.Toggle)
	case ch.Toggle == 0:
		return fmt.Sprintf("%s & %#x", mark, keep)
	case ch.Toggle == ch.Clear:
		return fmt.Sprintf("%s | %#x", mark, ch.Toggle)
	case cleared:
		return fmt.Sprintf("%s & %#x | %#x", mark, keep, ch.Toggle)
	}
	return fmt.Sprintf("%s & %#x ^ %#x", mark, keep, ch.Toggle)
}

// newMark is a value that a mark gets: (mark & keep) ^ toggle, moved to the left by
// shift bits, or to the right if that is less than 0.
type newMark struct {
	mark         *field
	text         string // as nft writes it; "" where the mark stays as it is
	keep, toggle uint32
	shift        int
}

func changed(mark *field, ch compile.Change) newMark {
	return newMark{mark: mark, text: markChange(mark.name, ch), keep: ^ch.Clear, toggle: ch.Toggle}
}

// shifted moves a value. A number is moved here, because nft does not.
func (v newMark) shifted(by int) newMark {
	if by == 0 {
		return v
	}
	if number, err := strconv.ParseUint(v.text, 0, 32); err == nil {
		moved := uint32(number) << max(by, 0) >> max(-by, 0)
		return newMark{mark: v.mark, text: hex(moved), toggle: moved}
	}
	if v.text == "" {
		v.text = v.mark.name
	}
	if strings.ContainsAny(v.text, "&|^") {
		v.text = "(" + v.text + ")"
	}
	if v.shift = by; by < 0 {
		v.text += " >> " + strconv.Itoa(-by)
	} else {
		v.text += " << " + strconv.Itoa(by)
	}
	return v
}

// setMarkTo gives a mark a value.
func setMarkTo(to *field, v newMark) stmt {
	return act(to.name+" set "+v.text, func(c *coder) {
		v.load(c)
		c.set4(to)
	})
}

// load puts the value into the register.
func (v newMark) load(c *coder) {
	if v.keep == 0 && v.shift == 0 {
		c.immediate(firstRegister, hostBytes(uint64(v.toggle), 4))
		return
	}
	c.load(v.mark)
	if v.keep != ^uint32(0) || v.toggle != 0 {
		c.bitwise(firstRegister, hostBytes(uint64(v.keep), 4), hostBytes(uint64(v.toggle), 4))
	}
	c.shift(v.shift)
}

// shift moves the number in the register.
func (c *coder) shift(by int) {
	const left, right = 1, 2
	op, bits := uint32(left), by
	switch {
	case by == 0:
		return
	case by < 0:
		op, bits = right, -by
	}
	c.expr("bitwise", bytecode.N(1, firstRegister), bytecode.N(2, firstRegister), bytecode.N(3, 4), bytecode.N(6, op), bytecode.Value(7, hostBytes(uint64(bits), 4)))
}

// set4 writes the register to a mark.
func (c *coder) set4(to *field) {
	p := to.from[0]
	attrs := []bytecode.Attr{p.Attrs[0], bytecode.N(map[string]uint16{"meta": 3, "ct": 4}[p.Name], firstRegister)}
	c.expr(p.Name, attrs...)
}

// setMeta writes a constant to a key of the packet's meta data.
func (c *coder) setMeta(key uint32, data []byte) {
	c.immediate(firstRegister, data)
	c.expr("meta", bytecode.N(2, key), bytecode.N(3, firstRegister))
}

// hostBytes is a number in the host's order.
func hostBytes(n uint64, size int) []byte {
	f := field{host: true}
	return f.order(numberBytes(n, size))
}
