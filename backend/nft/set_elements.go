package nft

import (
	"cmp"
	"fmt"
	"math/bits"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/ipset"
)

// interval tells whether elements can be ranges.
func (b *partBuilder) interval() bool { return b.use.Type.Has(ipset.Net) || b.joins() }

// joins tells whether addresses or ports that follow each other are written as
// ranges, as the file did.
func (b *partBuilder) joins() bool {
	s := b.use.Set
	return s.Ranges && len(s.Type.Fields) == 1 && !s.Mask.IsValid() && !b.use.Changed()
}

// elements are the pieces of the entries.
func (b *partBuilder) elements(entries []*ipset.Entry) (out []piece, ok bool) {
	switch {
	case b.use.Type.Has(ipset.Net):
		return b.netPieces(entries)
	case b.joins() && b.use.Type.Has(ipset.IP):
		out, _ = pieces(entries, 1, false, nil)
		return joinRuns(out), true
	case b.joins():
		return joinPorts(entries), true
	}
	for _, e := range entries {
		p := piece{entry: e, answer: answer{true, e.Timeout}, whole: true}
		for i, n := range e.Nets {
			p.spans[i] = addrSpan{n.Addr(), n.Addr()}
		}
		out = append(out, p)
	}
	return out, true
}

// joinRuns makes one range of addresses that follow each other and say the same.
func joinRuns(list []piece) (out []piece) {
	for _, p := range list {
		if n := len(out); n > 0 {
			last := &out[n-1]
			if isPlain(last.entry) && isPlain(p.entry) && last.answer == p.answer && last.spans[0].high.Next() == p.spans[0].low {
				last.spans[0].high = p.spans[0].high
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// joinPorts does the same with the ports of bitmap:port.
func joinPorts(entries []*ipset.Entry) (out []piece) {
	slices.SortFunc(entries, func(a, b *ipset.Entry) int { return cmp.Compare(a.Port, b.Port) })
	for _, e := range entries {
		p := piece{entry: e, answer: answer{true, e.Timeout}, whole: true, lastPort: e.Port}
		if n := len(out); n > 0 && out[n-1].lastPort+1 == e.Port && out[n-1].answer == p.answer && isPlain(e) && isPlain(out[n-1].entry) {
			out[n-1].lastPort = e.Port
			continue
		}
		out = append(out, p)
	}
	return out
}

// isPlain tells whether an entry has nothing that would be lost in a range.
func isPlain(e *ipset.Entry) bool { return e.Comment == "" && e.Packets == 0 }

// netPieces cuts the nets of entries that are alike in all other fields.
func (b *partBuilder) netPieces(entries []*ipset.Entry) (out []piece, ok bool) {
	if b.use.Type.Has(ipset.Iface) {
		return b.devicePieces(entries)
	}
	fields := 0
	for _, f := range b.use.Type.Fields {
		if f == ipset.IP || f == ipset.Net {
			fields++
		}
	}
	var err error
	for _, group := range groups(entries) {
		if out, err = pieces(group, fields, b.exceptions, out); err != nil {
			b.refuse(err.Error(), "Let the exception stay as long as the net (the same timeout), or name both nets in rules of their own.")
			return nil, false
		}
	}
	return out, true
}

// devicePieces cuts the nets of hash:net,iface. There the kernel stops at the most
// specific net that has an entry for any device.
func (b *partBuilder) devicePieces(entries []*ipset.Entry) (out []piece, ok bool) {
	for _, c := range covers(entries, 0) {
		last := c.entries[len(c.entries)-1]
		for _, e := range c.entries {
			switch {
			case e.Nets[0] != last.Nets[0]:
			case e.Timeout > 0 && c.entries[0].Nets[0] != last.Nets[0]:
				b.refuse(fmt.Sprintf("the entry in line %d, which ends before the net that it lies in,", e.Line), "Let it stay (timeout 0), or put it into a set of its own.")
				return nil, false
			case e.NoMatch == b.exceptions:
				p := piece{entry: e, spans: [2]addrSpan{c.addrSpan}, answer: answer{true, e.Timeout}}
				p.settle([]*ipset.Entry{e})
				out = append(out, p)
			}
		}
	}
	return out, true
}

// groups are the entries that differ in their nets only, in the order of the first.
func groups(entries []*ipset.Entry) (out [][]*ipset.Entry) {
	index := map[ipset.Key]int{}
	for _, e := range entries {
		k := e.Key
		k.Nets = [2]netip.Prefix{}
		i, ok := index[k]
		if !ok {
			i = len(out)
			index[k] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], e)
	}
	return out
}

// element writes one element. In a set that packets change, an address is the net
// that it was cut to.
func (b *partBuilder) element(kind portKind, p *piece, cut bool) string {
	var text []string
	nets := 0
	for _, f := range b.use.Type.Fields {
		switch f {
		case ipset.IP, ipset.Net:
			text = append(text, p.spans[nets].text(cut))
			nets++
		case ipset.Port:
			text = append(text, portElement(kind, p.entry))
		case ipset.BarePort:
			text = append(text, spanText(compile.Span{Low: uint32(p.entry.Port), High: uint32(max(p.entry.Port, p.lastPort))}))
		case ipset.MAC:
			text = append(text, net.HardwareAddr(p.entry.MAC[:]).String())
		case ipset.Iface:
			text = append(text, `"`+p.entry.Iface+`"`)
		case ipset.Mark:
			text = append(text, hex(p.entry.Mark))
		}
	}
	return strings.Join(text, " . ") + b.options(p)
}

// options are what stands behind an element.
func (b *partBuilder) options(p *piece) (text string) {
	if p.whole && b.use.Counters && p.entry.Packets > 0 {
		text += fmt.Sprintf(" counter packets %d bytes %d", p.entry.Packets, p.entry.Bytes)
	}
	if p.timeout > 0 {
		text += " timeout " + seconds(p.timeout)
	}
	if p.whole && p.entry.Comment != "" {
		text += ` comment "` + commentText(p.entry.Comment) + `"`
	}
	return text
}

func portElement(kind portKind, e *ipset.Entry) string {
	switch kind {
	case icmpPackets:
		return fmt.Sprintf("%d . %d", e.Port>>8, e.Port&0xff)
	case otherPackets:
		return strconv.Itoa(int(e.Protocol))
	}
	return fmt.Sprintf("%s . %d", protocolText(e.Protocol), e.Port)
}

// text writes a range as an address, a net if it is one, or a range.
func (s addrSpan) text(cut bool) string {
	if s.low == s.high || cut {
		return s.low.String()
	}
	if n := netip.PrefixFrom(s.low, commonBits(s.low, s.high)); n.Masked() == n && ipset.Last(n) == s.high {
		return n.String()
	}
	return s.low.String() + "-" + s.high.String()
}

// commonBits is how many bits two addresses of a family begin with in common.
func commonBits(a, b netip.Addr) int {
	x, y := a.As16(), b.As16()
	n := 0
	for n < len(x) && x[n] == y[n] {
		n++
	}
	if n == len(x) {
		return a.BitLen()
	}
	return 8*n + bits.LeadingZeros8(x[n]^y[n]) - (128 - a.BitLen())
}
