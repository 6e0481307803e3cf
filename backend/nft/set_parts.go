package nft

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/ipset"
)

// partBuilder makes the sets of the output for one set of ipset.
type partBuilder struct {
	*translator
	*setParts
	exceptions bool
}

func (b *partBuilder) build() {
	if !b.entriesFit() {
		return
	}
	if b.use.Changed() && !b.changeFits() {
		return
	}
	byKind := b.byKind()
	for kind := range portKind(len(byKind)) {
		switch {
		case b.use.Changed() && b.changes(kind):
			b.changedPart(kind, byKind[kind])
		case len(byKind[kind]) > 0 || kind == b.mainKind():
			b.fixedPart(kind, byKind[kind], "")
		}
	}
}

// refuse notes why the set cannot be translated.
func (b *partBuilder) refuse(what, fix string) {
	b.failure = [2]string{"set " + b.use.Name + ": " + what, fix}
}

// entriesFit finds entries that no element of nftables can be.
func (b *partBuilder) entriesFit() bool {
	for i := range b.use.Entries {
		e := &b.use.Entries[i]
		switch {
		case b.use.Type.Has(ipset.MAC) && !e.HasMAC:
			b.refuse(fmt.Sprintf("the entry in line %d, which takes the MAC address of its first packet,", e.Line), "Give the entry its MAC address.")
		case e.Bridge:
			b.refuse(fmt.Sprintf("the bridge port in line %d", e.Line), "nftables knows bridge ports in tables of the family bridge only: filter there.")
		case e.Wildcard:
			b.refuse(fmt.Sprintf("the wildcard in line %d", e.Line), "Name the devices one by one.")
		default:
			continue
		}
		return false
	}
	return true
}

// mainKind is the kind of the part that is made even if it is empty.
func (b *partBuilder) mainKind() portKind {
	if b.use.Type.Has(ipset.Port) {
		return withPorts
	}
	return anyPacket
}

func (b *partBuilder) byKind() (out [otherPackets + 1][]*ipset.Entry) {
	ports := b.use.Type.Has(ipset.Port)
	for i := range b.use.Entries {
		e, kind := &b.use.Entries[i], anyPacket
		if ports {
			kind = kindOf(e.Protocol)
		}
		out[kind] = append(out[kind], e)
	}
	return out
}

// fixedPart is a set that packets do not change.
func (b *partBuilder) fixedPart(kind portKind, entries []*ipset.Entry, suffix string) {
	s := b.use.Set
	list, ok := b.elements(entries)
	if !ok {
		return
	}
	p := b.newPart(kind, suffix)
	var flags []string
	ranges := b.interval()
	if ranges {
		flags = append(flags, "interval")
	}
	if s.Timed {
		flags = append(flags, "timeout")
	}
	p.flags = strings.Join(flags, ",")
	if !s.Type.Bitmap && (!ranges || len(s.Type.Fields) > 1) {
		p.size = max(min(s.MaxElem, maxRoom), uint32(len(list)))
	}
	p.entries = make([]string, len(list))
	for i := range list {
		p.entries[i] = b.element(kind, &list[i], false)
	}
}

// maxRoom bounds the room for entries that are added by hand, which the kernel
// takes at once for a set that packets do not change.
const maxRoom = 1 << 20
