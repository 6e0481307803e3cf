package loader

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// trackerTable is the nft table by which connections are tracked.
const trackerTable = "recentc_conntrack"

// track has the kernel track connections in the network namespace of the calling
// thread: programs at netfilter hooks see a connection's state but do not ask for it. A
// rule that does is enough. It stands in a table of our own, in a chain that no packet
// comes to.
func track() error {
	c, err := nftables.New()
	if err != nil {
		return fmt.Errorf("track connections: %w", err)
	}
	table := c.AddTable(ourTable)
	chain := c.AddChain(&nftables.Chain{Table: table, Name: "ask"})
	c.FlushChain(chain)
	c.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: stateNew()})
	if err := c.Flush(); err != nil {
		return fmt.Errorf("track connections with the nft table %s: %w", trackerTable, err)
	}
	return nil
}

var ourTable = &nftables.Table{Family: nftables.TableFamilyINet, Name: trackerTable}

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

// untrack takes the table out again, if it is still there. It must be called in the
// same namespace.
func untrack() error {
	c, err := nftables.New()
	if err != nil {
		return err
	}
	c.DelTable(ourTable)
	if err := c.Flush(); err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("remove the nft table %s: %w", trackerTable, err)
	}
	return nil
}

// tracking tells whether the table is there.
func tracking() bool {
	c, err := nftables.New()
	if err != nil {
		return false
	}
	t, err := c.ListTableOfFamily(trackerTable, nftables.TableFamilyINet)
	return err == nil && t != nil
}
