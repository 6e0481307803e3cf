// Package readbacklab loads tables into throwaway network namespaces and reads them back.
package readbacklab

import (
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/bytecode/kernel"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/readback"
)

// Try loads a script into a throwaway network namespace and gives the tables as the kernel
// then has them, in the order given, and nft's listing of them. It needs root.
func Try(script string, tables []nft.Table) (loaded []*kernel.Table, listing string, err error) {
	err = lab.WithNamespace(func(ns *lab.Namespace) error {
		if err := lab.NFT("", script).Load(ns); err != nil {
			return err
		}
		if listing, err = ns.Run("", "nft", "list", "ruleset"); err != nil {
			return err
		}
		return ns.Do(func() error {
			for _, table := range tables {
				k, err := kernel.Read(table.Family, table.Name)
				if err != nil {
					return err
				}
				loaded = append(loaded, k)
			}
			return nil
		})
	})
	return loaded, listing, err
}

// TryTwice is Try, and then the same with the listing. It gives the rules that are loaded
// otherwise than they are meant, and what the second load has otherwise than the first.
func TryTwice(script string, tables []nft.Table) (otherwise []readback.Difference, changed []string, err error) {
	first, listing, err := Try(script, tables)
	if err != nil {
		return nil, nil, err
	}
	for i, table := range tables {
		otherwise = append(otherwise, readback.Compare(table, first[i])...)
	}
	second, _, err := Try(listing, tables)
	if err != nil {
		return otherwise, nil, err
	}
	for i := range tables {
		changed = append(changed, kernel.Differences(first[i], second[i])...)
	}
	return otherwise, changed, nil
}
