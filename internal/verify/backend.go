package verify

import (
	"errors"

	"github.com/recentc/recentc/backend"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/backend/ebpf/loader"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/lab"
)

// A Backend makes the firewall that is verified.
type Backend struct {
	// Name is what reports call it.
	Name string
	make func([]*compile.Program) (firewall, diag.List)
}

// A firewall is a translation that can be loaded.
type firewall struct {
	matches []backend.Match
	// load puts it into a namespace.
	load func(*lab.Namespace) error
	// check tells whether this machine takes it.
	check func() error
}

// NFT is the nftables backend.
func NFT(o nft.Options) Backend {
	return Backend{"nft", func(programs []*compile.Program) (firewall, diag.List) {
		out, diags := nft.Translate(programs, o)
		f := scriptFirewall(out.Text)
		f.matches = out.Matches
		return f, diags
	}}
}

// Script is an nft script in the place of the nftables backend's own.
func Script(text string, o nft.Options) Backend {
	return Backend{"nft", func(programs []*compile.Program) (firewall, diag.List) {
		out, diags := nft.Translate(programs, o)
		f := scriptFirewall(text)
		f.matches = out.Matches
		f.check = func() error {
			if err := lab.CheckNFT(text); err != nil {
				return &CandidateError{err}
			}
			return nil
		}
		return f, diags
	}}
}

func scriptFirewall(text string) firewall {
	return firewall{load: lab.NFT("", text).Load, check: func() error { return lab.CheckNFT(text) }}
}

// EBPF is the eBPF backend at the netfilter hooks.
func EBPF(o ebpf.Options) Backend {
	return Backend{"ebpf", func(programs []*compile.Program) (firewall, diag.List) {
		out, diags := ebpf.Translate(programs, o)
		load := func(ns *lab.Namespace) error { return loadPrograms(ns, &out) }
		return firewall{out.Matches, load, func() error {
			return errors.Join(loader.Supported(ebpf.Netfilter), lab.WithNamespace(load))
		}}, diags
	}}
}

// loadPrograms attaches the programs as long as the namespace lives.
func loadPrograms(ns *lab.Namespace, out *ebpf.Output) error {
	loaded, err := loader.Load(out)
	if err != nil {
		return err
	}
	ns.OnClose(func() error { return ns.Do(loaded.Close) })
	return ns.Do(loaded.Attach)
}
