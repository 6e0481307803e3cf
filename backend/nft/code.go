package nft

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/internal/bytecode"
)

// coder writes down which expressions of the kernel a rule means. It does not look at
// the text that nft gets: statements are asked for what they are.
type coder struct {
	out []bytecode.Expr
	// sets are those that the rule asks or writes to.
	sets map[string]*bytecode.Set
	// unknown says that a statement cannot say what it means.
	unknown bool
}

// Registers: nft puts values into memory of 64 bytes, four bytes a register.
const firstRegister = 8

func (c *coder) expr(name string, attrs ...bytecode.Attr) {
	c.out = append(c.out, bytecode.Expr{Name: name, Attrs: attrs})
}

// named notes a set that has a name.
func (c *coder) named(s *set) string {
	c.note(&bytecode.Set{Name: s.name, KeyLen: s.keyLen})
	return s.name
}

func (c *coder) note(s *bytecode.Set) {
	if c.sets == nil {
		c.sets = map[string]*bytecode.Set{}
	}
	c.sets[s.Name] = s
}

// load puts a field into the registers, and tells how many bytes it takes there.
func (c *coder) load(f *field) (size int) {
	return c.loadAt(f, firstRegister)
}

func (c *coder) loadAt(f *field, register uint32) (size int) {
	c.out = append(c.out, f.first...)
	if f.protocol != 0 {
		c.protocol(f.protocol)
	}
	parts := f.parts()
	for i := range parts {
		p := &parts[i]
		to := register + uint32(size+3)/4
		c.expr(p.Name, append(slices.Clip(p.Attrs), bytecode.N(p.dreg, to))...)
		if p.mask != nil {
			c.bitwise(to, p.mask, make([]byte, len(p.mask)))
		}
		size = (size+3)&^3 + p.size
	}
	return size
}

// protocol tests the packet's L4 protocol.
func (c *coder) protocol(n uint8) {
	c.expr("meta", bytecode.N(2, metaL4proto), bytecode.N(1, firstRegister))
	c.cmp(bytecode.Eq, []byte{n})
}

// tested are the expressions that test the packet's L4 protocol.
func (*coder) tested(n uint8) []bytecode.Expr {
	var c coder
	c.protocol(n)
	return c.out
}

func (c *coder) cmp(op uint32, data []byte) {
	c.expr("cmp", bytecode.N(1, firstRegister), bytecode.N(2, op), bytecode.Value(3, data))
}

func (c *coder) bitwise(register uint32, mask, xor []byte) {
	c.expr("bitwise", bytecode.N(1, register), bytecode.N(2, register), bytecode.N(3, uint32(len(mask))),
		bytecode.Value(4, mask), bytecode.Value(5, xor))
}

// compare compares what was loaded of a field with a value.
func (c *coder) compare(f *field, not bool, v *value) {
	c.load(f)
	eq, in := bytecode.Eq, uint32(0)
	if not {
		eq, in = bytecode.Ne, 1
	}
	switch v.kind {
	case several:
		c.lookup(c.anonymous(f, v), in)
		return
	case inSet:
		c.lookup(c.named(v.more.set), in)
		return
	}
	if v.kind == looked {
		c.unknown = true
	}
	i := f.from[0].interval(v)
	switch {
	case bytes.Equal(i.First, i.Last):
		c.cmp(eq, f.order(i.First))
	case commonPrefix(i) >= 0 && v.kind == anAddress:
		c.prefix(eq, i)
	default:
		c.inRange(f, eq, i)
	}
}

// order turns a number over where the kernel has it in the host's order.
func (f *field) order(b []byte) []byte {
	if !f.host || binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return b
	}
	b = slices.Clone(b)
	slices.Reverse(b)
	return b
}

func (c *coder) inRange(f *field, op uint32, i bytecode.Interval) {
	c.toNetwork(f, len(i.First))
	if op == bytecode.Ne {
		c.expr("range", bytecode.N(1, firstRegister), bytecode.N(2, op), bytecode.Value(3, i.First), bytecode.Value(4, i.Last))
		return
	}
	c.cmp(bytecode.Ge, i.First)
	c.cmp(bytecode.Le, i.Last)
}

// toNetwork turns what was loaded over, as is done in front of "less than".
func (c *coder) toNetwork(f *field, size int) {
	if f.host {
		c.expr("byteorder", bytecode.N(1, firstRegister), bytecode.N(2, firstRegister), bytecode.N(3, 1), bytecode.N(4, uint32(size)), bytecode.N(5, uint32(size)))
	}
}

// compareNumber compares with one number.
func (c *coder) compareNumber(f *field, op uint32, n uint64) {
	size := c.load(f)
	c.cmp(op, f.order(numberBytes(n, size)))
}

// less compares by size: "<" and the like.
func (c *coder) less(f *field, op uint32, n uint64) {
	size := c.load(f)
	c.toNetwork(f, size)
	c.cmp(op, lastBytes(shiftLeft([2]uint64{0, n}, f.from[0].shift), size))
}

// commonPrefix is how many bits all keys of a range have in common, if the range is all
// the keys that have them; else -1.
func commonPrefix(i bytecode.Interval) int {
	n, bits := -1, len(i.First)*8
	for bit := range bits {
		a, b := i.First[bit/8]>>(7-bit%8)&1, i.Last[bit/8]>>(7-bit%8)&1
		switch {
		case a == b && n < 0:
		case a == 0 && b == 1:
			if n < 0 {
				n = bit
			}
		default:
			return -1
		}
	}
	return n
}

// prefix compares the first bits.
func (c *coder) prefix(op uint32, i bytecode.Interval) {
	mask := make([]byte, len(i.First))
	for k := range mask {
		mask[k] = ^(i.First[k] ^ i.Last[k])
	}
	c.bitwise(firstRegister, mask, make([]byte, len(mask)))
	c.cmp(op, i.First)
}

func (c *coder) lookup(set string, flags uint32) {
	c.expr("lookup", bytecode.Text(1, set), bytecode.N(2, firstRegister), bytecode.N(5, flags))
}

// anonymous makes a set of values, and gives it a name that no set of nft's has.
func (c *coder) anonymous(f *field, v *value) string {
	s := &bytecode.Set{KeyLen: f.len(), Anonymous: true}
	for i := range v.list() {
		s.Elements = append(s.Elements, f.elements(&v.list()[i])...)
	}
	return c.addSet(s)
}

func (c *coder) addSet(s *bytecode.Set) string {
	s.Name = fmt.Sprintf("anonymous %d", len(c.sets))
	c.note(s)
	return s.Name
}

// elements are the keys that a value means, as the kernel has them in a set.
func (f *field) elements(v *value) []bytecode.Interval {
	if v.kind != joined {
		i := f.from[0].interval(v)
		if bytes.Equal(i.First, i.Last) {
			one := f.order(i.First)
			i = bytecode.Interval{First: one, Last: one}
		}
		return []bytecode.Interval{i}
	}
	var key bytecode.Interval
	for k := range v.list() {
		part := field{from: f.from[k : k+1], host: f.host && f.from[k].size == 4 && f.from[k].Name == "meta"}
		one := part.elements(&v.list()[k])[0]
		key.First, key.Last = append(pad(key.First), one.First...), append(pad(key.Last), one.Last...)
	}
	return []bytecode.Interval{{First: pad(key.First), Last: pad(key.Last)}}
}

// pad fills a key's last register.
func pad(b []byte) []byte { return append(b, make([]byte, -len(b)&3)...) }

// The operations on a set.
const (
	setAdd    uint32 = 0
	setUpdate uint32 = 1
	setDelete uint32 = 2
)

// setCode adds a key to a set, makes it young again, or removes it. timeout is the
// element's own in milliseconds, 0 for the set's; inner is what the element keeps.
func setCode(op uint32, s *set, key *field, timeout uint64, inner ...func(*coder)) func(*coder) {
	return func(c *coder) {
		c.load(key)
		attrs := []bytecode.Attr{bytecode.Text(1, c.named(s)), bytecode.N(3, op), bytecode.N(4, firstRegister), bytecode.N64(6, timeout)}
		for _, code := range inner {
			var one coder
			code(&one)
			attrs = append(attrs, bytecode.Attr{Kind: 7, Data: one.out[0].Marshal()})
		}
		c.expr("dynset", attrs...)
	}
}

// limited writes a key to a set, and ends the rule unless the key is over a rate.
func limited(s *set, key *field, count uint64, unit string, burst uint32) stmt {
	text := fmt.Sprintf("update @%s { %s limit rate over %d/%s burst %d packets }", s.name, key.name, count, unit, burst)
	return stmt{class: change, right: value{text: text}, code: setCode(setUpdate, s, key, 0, limitCode(count, unitSeconds(unit), burst, true))}
}

// millis is a time as nft writes it, in milliseconds.
func millis(text string) (n uint64) {
	units := []struct {
		name   string
		millis uint64
	}{{"ms", 1}, {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}}
	for text != "" {
		digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
		count, _ := strconv.ParseUint(text[:digits], 10, 64)
		text = text[digits:]
		for _, u := range units {
			if rest, ok := strings.CutPrefix(text, u.name); ok {
				n, text = n+count*u.millis, rest
				break
			}
		}
		if digits == 0 {
			return n
		}
	}
	return n
}
