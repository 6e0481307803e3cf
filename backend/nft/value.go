package nft

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// value is the right side of a comparison: how nft writes it, and which bytes it means.
type value struct {
	text string
	kind valueKind
	// ranged says that one value is written as a range.
	ranged bool
	// low and high are the ends of a range, both included; of a single value both are
	// the same. They are numbers, or addresses of IPv4.
	low, high uint64
	// more is what few values have.
	more *detail
}

// detail is what few values have.
type detail struct {
	// low and high are the first halves of IPv6 addresses.
	low, high uint64
	// list are the values of an anonymous set, or the parts of a concatenation.
	list []value
	// name is a text that is not just between the quotes, or the chain of a jump.
	name string
	// set is one that has a name.
	set *set
}

// name is the text that a value is.
func (v *value) name() string {
	if v.more == nil {
		return v.text[1 : len(v.text)-1]
	}
	return v.more.name
}

func (v *value) list() []value { return v.more.list }

func (v *value) single() bool { return v.low == v.high && v.more == nil }

type valueKind uint8

const (
	// number and address are what they say.
	number valueKind = iota
	anAddress
	// words is a text that fills its register with zeros; prefix is one that does not.
	words
	prefix
	// several is an anonymous set, joined a value of a concatenation.
	several
	joined
	// inSet is a set with a name.
	inSet
	// looked is a name that only nft can look up on the machine where it loads.
	looked
)

func numberValue(n uint64) value { return named(strconv.FormatUint(n, 10), n) }

// named is a number that nft has a word for, or that is written otherwise than in decimal.
func named(text string, n uint64) value {
	return value{text: text, low: n, high: n}
}

func hexValue(n uint32) value { return named(hex(n), uint64(n)) }

// spanValue is a number or a range of numbers.
func spanValue(s compile.Span) value {
	return value{text: spanText(s), low: uint64(s.Low), high: uint64(s.High)}
}

// rangeValue is a range of numbers, also where it has one number only.
func rangeValue(low, high uint64) value {
	return value{text: fmt.Sprintf("%d-%d", low, high), low: low, high: high}
}

func addrValue(a netip.Addr) value { return addrSpanValue(a.String(), a, a) }

// addrSpanValue is a range of addresses, or a net.
func addrSpanValue(text string, low, high netip.Addr) value {
	a, b := halves(low), halves(high)
	v := value{text: text, kind: anAddress, low: a[1], high: b[1]}
	if a[0] != 0 || b[0] != 0 {
		v.more = &detail{low: a[0], high: b[0]}
	}
	return v
}

// netValue is a net with a prefix.
func netValue(a netip.Addr, bits int) value {
	last := a.As16()
	for i := 128 - (a.BitLen() - bits); i < 128; i++ {
		last[i/8] |= 0x80 >> (i % 8)
	}
	to := netip.AddrFrom16(last)
	if a.Is4() {
		to = to.Unmap()
	}
	return addrSpanValue(a.String()+"/"+strconv.Itoa(bits), a, to)
}

// halves are the 16 bytes of an address; those of IPv4 are the last four.
func halves(a netip.Addr) [2]uint64 {
	b := a.As16()
	high, low := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	if a.Is4() {
		return [2]uint64{0, low & (1<<32 - 1)}
	}
	return [2]uint64{high, low}
}

// textValue is a text, in double quotes.
func textValue(quoted, name string) value {
	v := value{text: `"` + quoted + `"`, kind: words}
	if quoted != name {
		v.more = &detail{name: name}
	}
	return v
}

// setValue is a set that has a name.
func setValue(s *set) value {
	text := s.lookup
	if text == "" {
		text = "@" + s.name
	}
	if s.detail == nil {
		s.detail = &detail{set: s}
	}
	return value{text: text, kind: inSet, more: s.detail}
}

// oneOfValues is a value, or an anonymous set of several.
func oneOfValues(list []value) value {
	if len(list) == 1 {
		return list[0]
	}
	return setOf(list)
}

// setOf is an anonymous set.
func setOf(list []value) value {
	text := make([]string, len(list))
	for i, v := range list {
		text[i] = v.text
	}
	return value{text: "{ " + strings.Join(text, ", ") + " }", kind: several, more: &detail{list: list}}
}

// joinedValue is a value of a concatenation.
func joinedValue(list ...value) value {
	text := make([]string, len(list))
	for i, v := range list {
		text[i] = v.text
	}
	return value{text: strings.Join(text, " . "), kind: joined, more: &detail{list: list}}
}

// interval is the value as the bytes of a part of a field, in network order.
func (p *part) interval(v *value) bytecode.Interval {
	size := p.size
	if v.kind == words || v.kind == prefix {
		b := make([]byte, size)
		copy(b, v.name())
		if v.kind == prefix {
			b = []byte(v.name())
		}
		return bytecode.Interval{First: b, Last: b}
	}
	low, high := [2]uint64{0, v.low}, [2]uint64{0, v.high}
	if v.more != nil {
		low[0], high[0] = v.more.low, v.more.high
	}
	return bytecode.Interval{First: lastBytes(shiftLeft(low, p.shift), size), Last: lastBytes(shiftLeft(high, p.shift), size)}
}

func shiftLeft(n [2]uint64, by int) [2]uint64 {
	if by == 0 {
		return n
	}
	return [2]uint64{n[0]<<by | n[1]>>(64-by), n[1] << by}
}

// lastBytes are the last bytes of 16.
func lastBytes(n [2]uint64, size int) []byte {
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, n[0]), n[1])
	return b[len(b)-size:]
}

// bytesValue is a text as raw payload.
func bytesValue(b []byte) value {
	return value{text: fmt.Sprintf("0x%x", b), kind: words, more: &detail{name: string(b)}}
}
