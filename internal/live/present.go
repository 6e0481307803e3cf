package live

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/nftables/userdata"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/nfnl"
	"golang.org/x/sys/unix"
)

// present is a table as it is loaded. It is read from the kernel directly: nft reads
// every element of every set to list no more than a table's name.
type present struct {
	family, name string
	exists       bool
	// handle is the table's number, which no later table of the namespace gets.
	handle  uint64
	comment string
	chains  []string
	// hooks are the chains that have one.
	hooks []hooked
	sets  []loadedSet
	// unusual tells that the table has what no list and no rule of ours needs to stay:
	// maps, named counters and the like.
	unusual bool
}

// look reads what is loaded of a table.
func look(family, name string) (*present, error) {
	p := &present{family: family, name: name}
	for _, read := range []func() error{p.readTable, p.readChains, p.readSets, p.readOthers} {
		if err := read(); err != nil {
			return nil, fmt.Errorf("table %s %s: %w", family, name, err)
		}
		if !p.exists {
			break
		}
	}
	return p, nil
}

// ours tells whether recentc made the table, or there is none.
func (p *present) ours() bool { return !p.exists || p.comment == nft.TableComment }

// Attributes that the libraries lack.
const (
	nftaTableHandle    = 4
	nftaTableUserdata  = 6
	nftaFlowtableTable = 1
	udataTableComment  = 0
)

func (p *present) readTable() error {
	return p.each(unix.NFT_MSG_GETTABLE, unix.NFTA_TABLE_NAME, func(part []byte) {
		p.exists = true
		attrs(part, func(kind uint16, data []byte) {
			switch kind {
			case nftaTableHandle:
				p.handle = bigEndian(data)
			case nftaTableUserdata:
				p.comment, _ = userdata.GetString(data, udataTableComment)
			}
		})
	})
}

func (p *present) readChains() error {
	return p.each(unix.NFT_MSG_GETCHAIN, unix.NFTA_CHAIN_TABLE, func(part []byte) {
		h, ok := readHook(part)
		if p.chains = append(p.chains, h.name); ok {
			p.hooks = append(p.hooks, h)
		}
	})
}

func (p *present) hooked(chain string) bool {
	return slices.ContainsFunc(p.hooks, func(h hooked) bool { return h.name == chain })
}

func (p *present) readSets() (err error) {
	p.sets, err = loadedSets(p.family, p.name)
	for _, s := range p.sets {
		p.unusual = p.unusual || s.isMap
	}
	return err
}

func (p *present) readOthers() error {
	there := func([]byte) { p.unusual = true }
	return errors.Join(p.each(unix.NFT_MSG_GETOBJ, unix.NFTA_OBJ_TABLE, there), p.each(unix.NFT_MSG_GETFLOWTABLE, nftaFlowtableTable, there))
}

// each calls fn for the attributes of each object of a kind that the table has. The
// attribute name holds the table's name.
func (p *present) each(kind, name uint16, fn func([]byte)) error {
	parts, err := nfnl.Dump(kind, []byte{familyNumber(p.family), unix.NFNETLINK_V0, 0, 0})
	for _, part := range parts {
		attrs(part.Attrs, func(k uint16, data []byte) {
			if k == name && textOf(data) == p.name {
				fn(part.Attrs)
			}
		})
	}
	return err
}
