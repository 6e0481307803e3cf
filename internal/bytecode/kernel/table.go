// Package kernel reads nftables tables back from the running kernel as expressions, for
// package bytecode. It asks netlink itself: nft prints what it understands, and the
// usual library leaves out expressions that it does not know.
package kernel

import (
	"errors"
	"fmt"

	"github.com/recentc/recentc/internal/bytecode"
	"github.com/recentc/recentc/internal/nfnl"
	"golang.org/x/sys/unix"
)

// Table is a table as it is loaded.
type Table struct {
	Chains []*Chain
	ipv6   bool
	sets   map[string]*bytecode.Set
	byName map[string]*Chain
}

// Chain is one with its rules in their order.
type Chain struct {
	Name  string
	Rules []Rule
}

// Rule is one with its number in the table and its expressions.
type Rule struct {
	Handle uint64
	Exprs  []bytecode.Expr
}

// Chain finds a chain; nil where there is none.
func (t *Table) Chain(name string) *Chain { return t.byName[name] }

// Set finds a set; nil where there is none.
func (t *Table) Set(name string) *bytecode.Set { return t.sets[name] }

// Facts says what a rule of the table does.
func (t *Table) Facts(r Rule) []string {
	return bytecode.Facts(r.Exprs, bytecode.Table{IPv6: t.ipv6, Sets: t.Set})
}

// Read reads a table of the network namespace that the calling thread is in. The family
// is as nft names it: ip, ip6, inet. A table that is not there has no chains.
func Read(family, name string) (*Table, error) {
	r, err := nfnl.Open()
	if err != nil {
		return nil, fmt.Errorf("asking the kernel for its tables: %w", err)
	}
	defer r.Close()
	for range tries {
		t, err := (&reader{r, families[family], name}).table()
		if !errors.Is(err, errChanged) {
			return t, err
		}
	}
	return nil, fmt.Errorf("table %s %s changes too fast to be read", family, name)
}

// tries is how often a table that changes while it is read is read anew.
const tries = 20

var families = map[string]uint8{"inet": unix.NFPROTO_INET, "ip": unix.NFPROTO_IPV4, "arp": unix.NFPROTO_ARP, "netdev": unix.NFPROTO_NETDEV,
	"bridge": unix.NFPROTO_BRIDGE, "ip6": unix.NFPROTO_IPV6}

var errChanged = errors.New("the table changed while it was read")

// reader asks for the objects of one table.
type reader struct {
	*nfnl.Reader
	family uint8
	name   string
}

func (r *reader) table() (*Table, error) {
	t := &Table{ipv6: r.family == unix.NFPROTO_IPV6, sets: map[string]*bytecode.Set{}, byName: map[string]*Chain{}}
	for _, read := range []func(*Table) error{r.sets, r.chains, r.rules} {
		if err := read(t); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// dump calls fn with the attributes of each object of a kind that the table has. The
// attribute holder has the table's name.
func (r *reader) dump(kind, holder uint16, more []byte, fn func([]bytecode.Attr) error) error {
	parts, err := r.Dump(kind, append([]byte{r.family, unix.NFNETLINK_V0, 0, 0}, more...))
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("asking the kernel for its tables: %w", err)
	}
	for _, p := range parts {
		list, err := bytecode.ParseAttrs(p.Attrs)
		if err != nil {
			return err
		}
		if textOf(list, holder) == r.name {
			if err := fn(list); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reader) chains(t *Table) error {
	return r.dump(unix.NFT_MSG_GETCHAIN, unix.NFTA_CHAIN_TABLE, nil, func(list []bytecode.Attr) error {
		c := &Chain{Name: textOf(list, unix.NFTA_CHAIN_NAME)}
		t.Chains, t.byName[c.Name] = append(t.Chains, c), c
		return nil
	})
}

func (r *reader) rules(t *Table) error {
	return r.dump(unix.NFT_MSG_GETRULE, unix.NFTA_RULE_TABLE, attr(unix.NFTA_RULE_TABLE, r.name), func(list []bytecode.Attr) error {
		c := t.byName[textOf(list, unix.NFTA_RULE_CHAIN)]
		if c == nil {
			return errChanged
		}
		e := bytecode.Expr{Attrs: list}
		exprs, err := bytecode.ParseExprs(e.Attr(unix.NFTA_RULE_EXPRESSIONS))
		c.Rules = append(c.Rules, Rule{e.Number(unix.NFTA_RULE_HANDLE), exprs})
		return err
	})
}

func textOf(list []bytecode.Attr, kind uint16) string {
	e := bytecode.Expr{Attrs: list}
	return bytecode.TextOf(e.Attr(kind))
}
