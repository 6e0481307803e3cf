package loader

import (
	"encoding/binary"
	"fmt"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
)

// trackerTable is the nft table by which connections are tracked.
const trackerTable = "recentc_conntrack"

// tracker has the kernel track connections in a network namespace: programs at
// netfilter hooks see a connection's state but do not ask for it. A rule that
// does is enough. It stands in a chain that no packet comes to.
type tracker struct{}

// track adds the table, in the network namespace of the calling thread.
func track() (*tracker, error) {
	c, err := nftables.New()
	if err != nil {
		return nil, fmt.Errorf("track connections: %w", err)
	}
	table := c.AddTable(&nftables.Table{Family: nftables.TableFamilyINet, Name: trackerTable})
	chain := c.AddChain(&nftables.Chain{Table: table, Name: "ask"})
	c.FlushChain(chain)
	c.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: stateNew()})
	if err := c.Flush(); err != nil {
		return nil, fmt.Errorf("track connections with the nft table %s: %w", trackerTable, err)
	}
	return &tracker{}, nil
}

// stateNew is "ct state new", the number of which is 8.
func stateNew() []expr.Any {
	mask, zero := make([]byte, 4), make([]byte, 4)
	binary.NativeEndian.PutUint32(mask, 8)
	return []expr.Any{
		&expr.Ct{Key: expr.CtKeySTATE, Register: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: mask, Xor: zero},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: zero},
	}
}

// remove takes the table out again. It must be called in the same namespace.
func (*tracker) remove() error {
	c, err := nftables.New()
	if err != nil {
		return err
	}
	c.DelTable(&nftables.Table{Family: nftables.TableFamilyINet, Name: trackerTable})
	return c.Flush()
}
