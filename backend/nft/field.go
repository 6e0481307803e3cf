package nft

import (
	"slices"

	"github.com/recentc/recentc/internal/bytecode"
)

// field is what a test looks at: how nft names it, and what the kernel loads for it.
type field struct {
	name string
	// from is what is loaded, one part behind the other; several for a concatenation.
	from []part
	// tagged is the address in front of a tag, which is tag: a key of a compact list. Of
	// these there are too many to keep the parts of each.
	tagged *field
	tag    int
	// host says that the kernel has the number in the host's byte order.
	host bool
	// protocol is the L4 protocol in whose header it is. nft adds a test of it, unless
	// bare says that the rule has to.
	protocol uint8
	bare     bool
	// first are other tests that nft adds.
	first []bytecode.Expr
}

// part is one value that is loaded.
type part struct {
	bytecode.Expr
	// dreg is the attribute that has the register.
	dreg uint16
	size int
	mask []byte
	// shift is where a number's last bit is, if it has not the whole of its bytes.
	shift int
}

// The numbers of linux/netfilter/nf_tables.h that are used here.
const (
	metaLen, metaMark, metaIifname, metaOifname                         = 0, 3, 6, 7
	metaIiftype, metaSkuid, metaSkgid, metaRtclassid                    = 8, 10, 11, 13
	metaL4proto, metaPkttype, metaCPU, metaIifgroup                     = 16, 19, 20, 21
	metaOifgroup, metaCgroup, metaPrandom, metaSecpath                  = 22, 23, 24, 25
	metaTime, metaDay, metaHour, metaPriority                           = 30, 31, 32, 2
	metaNftrace, metaIif, metaOif                                       = 12, 4, 5
	ctKeyState, ctKeyDirection, ctKeyStatus, ctKeyMark, ctKeyExpiration = 0, 1, 2, 3, 5
	ctKeyHelper, ctKeyLabels, ctKeyPkts, ctKeyBytes, ctKeyAvgpkt        = 6, 13, 14, 15, 16
	ctKeyProtocol, ctKeyProtoSrc, ctKeyProtoDst, ctKeyZone              = 10, 11, 12, 17
)

func metaPart(key uint32, size int) part {
	return part{bytecode.Expr{Name: "meta", Attrs: []bytecode.Attr{bytecode.N(2, key)}}, 1, size, nil, 0}
}

func payloadPart(base, offset uint32, size int) part {
	return part{bytecode.Expr{Name: "payload", Attrs: []bytecode.Attr{bytecode.N(2, base), bytecode.N(3, offset), bytecode.N(4, uint32(size))}}, 1, size, nil, 0}
}

// meta is a field of the packet's meta data; host numbers of four bytes and texts of sixteen.
func metaField(name string, key uint32, size int, host bool) *field {
	return &field{name: name, from: []part{metaPart(key, size)}, host: host}
}

// header is a field of a header that every packet has where it is asked for.
func headerField(name string, base, offset uint32, size int, protocol uint8) *field {
	return &field{name: name, from: []part{payloadPart(base, offset, size)}, protocol: protocol}
}

// bitField is a number that has some bits of a header: so many, behind the first ones.
func bitField(name string, base, bit, width uint32, protocol uint8) *field {
	first, last := bit/8, (bit+width-1)/8
	p := payloadPart(base, first, int(last-first+1))
	p.shift = int((last+1)*8 - bit - width)
	if p.shift != 0 || bit%8 != 0 {
		p.mask = lastBytes(shiftLeft([2]uint64{0, 1<<width - 1}, p.shift), p.size)
	}
	return &field{name: name, from: []part{p}, protocol: protocol}
}

// len is how many bytes the field takes as a key: each part but the last is filled up.
func (f *field) len() (n int) {
	parts := f.parts()
	for i := range parts {
		n = (n+3)&^3 + parts[i].size
	}
	if len(parts) > 1 {
		n = (n + 3) &^ 3
	}
	return n
}

// tests is the protocol that nft tests by itself where a rule looks at the field; 0 for none.
func (f *field) tests() uint8 {
	if f.bare {
		return 0
	}
	return f.protocol
}

// parts are what is loaded.
func (f *field) parts() []part {
	if f.tagged == nil {
		return f.from
	}
	return append(slices.Clip(f.tagged.from), constantPart(f.tag))
}
