package main

import (
	"errors"
	"fmt"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/link"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/backend/ebpf/loader"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/vishvananda/netlink"
)

// A config is a way to treat packets: what loads it into a namespace that has
// nothing but its device.
type config struct {
	name string
	load func(ns *lab.Namespace) error
	// spare configs are left out of scenarios with fewer.
	spare bool
}

// limitRules is the classic pair: a source that sends hits packets in a minute is
// dropped until it is quiet.
func limitRules(hits int) string {
	return fmt.Sprintf("*filter\n-A INPUT -m recent --name L --set\n-A INPUT -m recent --name L --update --seconds 60 --hitcount %d -j DROP\nCOMMIT\n", hits)
}

// limits are all ways to run limitRules; the first has no rules, the second is
// what the others are compared with.
func limits(hits int) []config {
	rules := limitRules(hits)
	return []config{
		none,
		{name: "xt_recent", load: lab.Legacy("", rules, "").Load},
		{name: "xt_recent under iptables-nft", load: lab.IPTablesNFT("", rules, "").Load, spare: true},
		{name: "recentc, nftables", load: func(ns *lab.Namespace) error { return loadNFT(ns, rules, nft.Options{}) }},
		{name: "recentc, nftables, meter", load: func(ns *lab.Namespace) error { return loadNFT(ns, rules, nft.Options{Meter: true}) }, spare: true},
		{name: "recentc, eBPF at netfilter", load: func(ns *lab.Namespace) error { return loadEBPF(ns, rules, ebpf.Netfilter) }, spare: true},
		{name: "recentc, eBPF at tc", load: func(ns *lab.Namespace) error { return loadEBPF(ns, rules, ebpf.TCIngress) }, spare: true},
		{name: "recentc, eBPF at XDP", load: func(ns *lab.Namespace) error { return loadEBPF(ns, rules, ebpf.XDP) }, spare: true},
	}
}

// What is compared with the limit of its hook.
const (
	dropAtTC, oursAtTC   = "BPF drop at tc", "recentc, eBPF at tc, hitcount 4"
	dropAtXDP, oursAtXDP = "BPF drop at XDP", "recentc, eBPF at XDP, hitcount 4"
)

// drops are programs that drop everything, the limit of what any could do, and rules
// that drop a flood.
func drops() []config {
	script := func(name, script string) config { return config{name: name, load: lab.NFT("", script).Load} }
	return []config{
		none,
		{name: "xt_recent, hitcount 4", load: lab.Legacy("", limitRules(4), "").Load},
		{name: "recentc, nftables, hitcount 4", load: func(ns *lab.Namespace) error { return loadNFT(ns, limitRules(4), nft.Options{}) }},
		{name: "drop in iptables-legacy", load: lab.Legacy("", "*filter\n-A INPUT -j DROP\nCOMMIT\n", "").Load},
		script("drop in nftables", "table ip t { chain in { type filter hook input priority 0; drop; }; }\n"),
		script("drop in nftables at ingress", "table netdev t { chain in { type filter hook ingress device "+device+" priority 0; drop; }; }\n"),
		{name: "BPF drop at netfilter", load: dropProgram(cilium.Netfilter, 0, attachNetfilter)},
		{name: dropAtTC, load: dropProgram(cilium.SchedCLS, 2, attachTC)},
		{name: dropAtXDP, load: dropProgram(cilium.XDP, 1, attachXDP)},
		{name: oursAtTC, load: func(ns *lab.Namespace) error { return loadEBPF(ns, limitRules(4), ebpf.TCIngress) }},
		{name: oursAtXDP, load: func(ns *lab.Namespace) error { return loadEBPF(ns, limitRules(4), ebpf.XDP) }},
	}
}

var none = config{name: "no rules", load: func(*lab.Namespace) error { return nil }}

func loadNFT(ns *lab.Namespace, rules string, opts nft.Options) error {
	script, err := translated(rules, opts)
	if err == nil {
		_, err = ns.Run(script, "nft", "-f", "-")
	}
	return err
}

// loadEBPF attaches the rules' programs as long as the namespace lives.
func loadEBPF(ns *lab.Namespace, rules string, at ebpf.Attach) error {
	programs, err := compiled(rules)
	if err != nil {
		return err
	}
	out, diags := ebpf.Translate(programs, ebpf.Options{Attach: at})
	if diags.HasErrors() {
		return fmt.Errorf("not translated: %v", diags)
	}
	loaded, err := loader.Load(&out)
	if err != nil {
		return err
	}
	ns.OnClose(func() error { return ns.Do(loaded.Close) })
	return ns.Do(func() error {
		if at == ebpf.Netfilter {
			return loaded.Attach()
		}
		return loaded.AttachDevice(device)
	})
}

// translated is the nft script for rules of IPv4.
func translated(rules string, opts nft.Options) (string, error) {
	programs, err := compiled(rules)
	if err != nil {
		return "", err
	}
	out, diags := nft.Translate(programs, opts)
	if diags.HasErrors() {
		return "", fmt.Errorf("not translated: %v", diags)
	}
	return out.Text, nil
}

func compiled(rules string) ([]*compile.Program, error) {
	f, diags := grammar.ParseFile("bench.rules", rules)
	programs, more := compile.Compile([]*ast.File{f}, compile.Options{Family: ast.IPv4})
	if all := append(diags, more...); all.HasErrors() {
		return nil, fmt.Errorf("not compiled: %v", all)
	}
	return programs, nil
}

// dropProgram loads a BPF program of two instructions, which returns verdict, and
// attaches it in the namespace.
func dropProgram(kind cilium.ProgramType, verdict int32, attach func(p *cilium.Program, device int) (link.Link, error)) func(*lab.Namespace) error {
	return func(ns *lab.Namespace) error {
		spec := &cilium.ProgramSpec{Type: kind, License: "GPL", Instructions: asm.Instructions{asm.Mov.Imm(asm.R0, verdict), asm.Return()}}
		if kind == cilium.Netfilter {
			spec.AttachType = cilium.AttachNetfilter
		}
		p, err := cilium.NewProgram(spec)
		if err != nil {
			return err
		}
		return ns.Do(func() error {
			dev, err := netlink.LinkByName(device)
			if err != nil {
				return err
			}
			l, err := attach(p, dev.Attrs().Index)
			if err == nil {
				ns.OnClose(func() error { return errors.Join(l.Close(), p.Close()) })
			}
			return err
		})
	}
}

func attachNetfilter(p *cilium.Program, _ int) (link.Link, error) {
	return link.AttachNetfilter(link.NetfilterOptions{
		Program: p, ProtocolFamily: link.NetfilterProtoIPv4, Hook: link.NetfilterInetLocalIn, Priority: -1,
	})
}

func attachTC(p *cilium.Program, device int) (link.Link, error) {
	return link.AttachTCX(link.TCXOptions{Program: p, Interface: device, Attach: cilium.AttachTCXIngress})
}

func attachXDP(p *cilium.Program, device int) (link.Link, error) {
	return link.AttachXDP(link.XDPOptions{Program: p, Interface: device})
}
