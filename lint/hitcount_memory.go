package lint

import (
	"fmt"
	"math/bits"

	"github.com/recentc/recentc/internal/diag"
)

var hitcountMemory = Check{
	Explanation: explain("RC2028", "a huge --hitcount costs memory for every address",
		"Each address of the list has room for as many time stamps of 8 bytes as the largest --hitcount of the list, rounded up to a power of two, from its first packet on. The kernel asks for it in one piece while it handles a packet; where it gets none, the packet is dropped. A sender of many addresses takes all of it.",
		filter("-A INPUT -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 20000 --name web -j DROP\n-A INPUT -m conntrack --ctstate NEW -m recent --set --name web\n"),
		filter("-A INPUT -m conntrack --ctstate NEW -m recent --update --seconds 4 --hitcount 20 --name web -j DROP\n-A INPUT -m conntrack --ctstate NEW -m recent --set --name web\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			if m := l.largest(); m != nil {
				p.memory(l, m)
			}
		}
	},
}

// largest is the match with the largest hitcount, nil for a list without.
func (l *list) largest() (m *mention) {
	for i := range l.all {
		if x := &l.all[i]; x.Hits > 1 && (m == nil || x.Hits > m.Hits) {
			m = x
		}
	}
	return m
}

const (
	stampBytes = 8
	// onePiece is the size from which on the kernel often finds no memory in one
	// piece in the packet path, and room what a list may take without a word.
	onePiece, room = 32 << 10, 16 << 20
)

func (p *pass) memory(l *list, m *mention) {
	slots := uint64(1) << bits.Len32(m.Hits-1)
	each := slots * stampBytes
	all := each * uint64(p.opts.listTot())
	if each < onePiece && all < room {
		return
	}
	p.report(optionAt(m.rule, m.Recent, "hitcount"), fmt.Sprintf("each address takes %s, list %s up to %s", size(each), l.Name, size(all)),
		fmt.Sprintf("That is %d stamps of 8 bytes for each of %d addresses; a packet for which the kernel finds no memory is dropped.", slots, p.opts.listTot()),
		"Count fewer hits in a shorter time.")
}

// listTot is how many addresses a list holds.
func (o *Options) listTot() uint32 {
	if o.IPListTot > 0 {
		return o.IPListTot
	}
	return 100
}

// size writes a number of bytes.
func size(n uint64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
