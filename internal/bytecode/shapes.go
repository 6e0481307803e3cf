package bytecode

import "unsafe"

// shape says which attributes of an expression are what.
type shape struct {
	// dreg is the register that it loads; 0 for none.
	dreg uint16
	// sregs are registers that it reads, with how many bytes.
	sregs map[uint16]func(*machine, *Expr) int
	// hidden are those that change while packets come: they are no part of the rule.
	hidden []uint16
	texts  []uint16
	exprs  []uint16
	// writes says that it changes what a later test may look at.
	writes bool
	// width is how many bytes it loads; 4 where nothing is said.
	width func(*Expr) int
}

func (s *shape) size(e *Expr) int {
	if s.width == nil {
		return 4
	}
	return s.width(e)
}

type widths = map[uint16]func(*machine, *Expr) int

func fixed(n int) func(*machine, *Expr) int { return func(*machine, *Expr) int { return n } }

// address is the length of an address of the expression's family, which is in the
// attribute; the family of IPv6 is 10.
func address(family uint16) func(*machine, *Expr) int {
	return func(_ *machine, e *Expr) int {
		if e.Number(family) == 10 {
			return 16
		}
		return 4
	}
}

func keyOf(set uint16) func(*machine, *Expr) int {
	return func(m *machine, e *Expr) int {
		if s := m.sets(TextOf(e.Attr(set))); s != nil {
			return s.KeyLen
		}
		return 4
	}
}

var shapes = map[string]shape{
	"meta":    {dreg: 1, sregs: widths{3: metaWidth}, writes: true, width: metaSize},
	"ct":      {dreg: 1, sregs: widths{4: ctWidth}, writes: true, width: ctSize},
	"exthdr":  {dreg: 1, sregs: widths{7: func(_ *machine, e *Expr) int { return size(e.Number(4)) }}, writes: true, width: func(e *Expr) int { return size(e.Number(4)) }},
	"fib":     {dreg: 1, width: fibSize},
	"rt":      {dreg: 1, width: sizeOf(1, map[uint64]int{0: 4, 1: 4, 2: 16, 3: 2, 4: 1}, 2)},
	"socket":  {dreg: 2, width: sizeOf(1, map[uint64]int{0: 1, 1: 4, 2: 1, 3: 8}, 1)},
	"numgen":  {dreg: numgenDreg},
	"hash":    {dreg: 2, sregs: widths{1: func(_ *machine, e *Expr) int { return size(e.Number(3)) }}},
	"osf":     {dreg: 1},
	"xfrm":    {dreg: 1},
	"tunnel":  {dreg: 2},
	"cmp":     {sregs: widths{cmpSreg: fixed(4)}},
	"range":   {sregs: widths{rangeSreg: fixed(4)}},
	"bitwise": {dreg: bitwiseDreg},

	"counter":   {hidden: []uint16{1, 2}},
	"last":      {hidden: []uint16{1, 2}},
	"limit":     {},
	"quota":     {hidden: []uint16{4}},
	"connlimit": {},
	"log":       {texts: []uint16{2}},
	"dynset": {sregs: widths{dynsetKey: keyOf(dynsetSet), dynsetData: fixed(4)}, texts: []uint16{dynsetSet}, hidden: []uint16{dynsetSetID},
		exprs: []uint16{dynsetExpr, dynsetExprs}},
	"objref":   {texts: []uint16{2, 4}, sregs: widths{3: fixed(4)}, writes: true},
	"notrack":  {writes: true},
	"nat":      {sregs: widths{3: address(2), 4: address(2), 5: fixed(2), 6: fixed(2)}},
	"masq":     {sregs: widths{2: fixed(2), 3: fixed(2)}},
	"redir":    {sregs: widths{1: fixed(2), 2: fixed(2)}},
	"tproxy":   {sregs: widths{2: address(1), 3: fixed(2)}, writes: true},
	"dup":      {sregs: widths{1: fixed(4), 2: fixed(4)}},
	"fwd":      {sregs: widths{1: fixed(4), 2: fixed(4)}},
	"queue":    {sregs: widths{4: fixed(2)}},
	"reject":   {},
	"synproxy": {},
}

// metaWidth is the length of what is written to a meta key: nftrace and pkttype are a
// byte, the others 4.
func metaWidth(_ *machine, e *Expr) int {
	const nftrace, pkttype = 12, 19
	if k := e.Number(2); k == nftrace || k == pkttype {
		return 1
	}
	return 4
}

// ctWidth is the length of what is written to a connection: labels 16 bytes, a zone 2.
func ctWidth(_ *machine, e *Expr) int {
	const labels, zone = 13, 17
	switch e.Number(2) {
	case labels:
		return 16
	case zone:
		return 2
	}
	return 4
}

var littleEndian = func() bool { n := uint16(1); return *(*byte)(unsafe.Pointer(&n)) == 1 }()

// sizeOf is the length of a value by its key; other is that of keys that are not listed.
func sizeOf(other int, sizes map[uint64]int, key uint16) func(*Expr) int {
	return func(e *Expr) int {
		if n, ok := sizes[e.Number(key)]; ok {
			return n
		}
		return other
	}
}

// The lengths of what meta and ct load, by their keys in linux/netfilter/nf_tables.h,
// where they are not 4.
var (
	metaSize = sizeOf(4, map[uint64]int{1: 2, 6: 16, 7: 16, 8: 2, 9: 2, 12: 1, 15: 1, 16: 1, 17: 16, 18: 16, 19: 1, 25: 1, 26: 16, 27: 16, 30: 8, 31: 1}, 2)
	ctSize   = sizeOf(4, map[uint64]int{1: 1, 6: 16, 7: 1, 10: 1, 11: 2, 12: 2, 13: 16, 14: 8, 15: 8, 16: 8, 17: 2, 21: 16, 22: 16}, 2)
)

// fibSize is 16 for a device's name, and 1 for whether there is a route at all.
func fibSize(e *Expr) int {
	const name, present = 2, 0x20
	switch {
	case e.Number(2) == name:
		return 16
	case e.Number(3)&present != 0:
		return 1
	}
	return 4
}
