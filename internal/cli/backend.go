package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/recentc/recentc/backend"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/backend/ebpf/loader"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/urfave/cli/v2"
)

// translation is what a backend made of the rules.
type translation struct {
	// file writes what -o writes, shown what is printed without it.
	file, shown func(io.Writer) error
	matches     []backend.Match
	rules       int
	// full tells what becomes of a full list.
	full string
	// script is that of the nft backend.
	script *nft.Script
	// image is a BPF object, to load it.
	image *loader.Image
}

// tables are the parts of an nft script, to load them.
func (t *translation) tables() []nft.Table {
	if t.script == nil {
		return nil
	}
	return t.script.Output().Tables
}

// translator is a backend with its options.
type translator func([]*compile.Program) (translation, diag.List)

// backendFor reads the options of the backend that the command line names.
func backendFor(ctx *cli.Context) (translator, error) {
	switch b := ctx.String("backend"); b {
	case "nft":
		return nftBackend(ctx)
	case "ebpf":
		return ebpfBackend(ctx)
	default:
		return nil, usage("--backend %s: write nft or ebpf", b)
	}
}

func nftBackend(ctx *cli.Context) (translator, error) {
	o, err := nftOptions(ctx)
	if err != nil {
		return nil, err
	}
	return func(programs []*compile.Program) (translation, diag.List) {
		out, diags := nft.Prepare(programs, o)
		full := fmt.Sprintf("A list holds %d addresses and takes no new one when it is full; xt_recent holds 100 unless set otherwise and forgets the oldest.",
			capacity(programs, nft.DefaultCapacity))
		return translation{out.Write, out.Write, out.Matches, out.Rules, full, out, nil}, diags
	}, nil
}

func nftOptions(ctx *cli.Context) (nft.Options, error) {
	for _, name := range ebpfOnly {
		if ctx.IsSet(name) {
			return nft.Options{}, usage("--%s is an option of -b ebpf", name)
		}
	}
	o := nft.Options{Table: ctx.String("table"), Meanings: ctx.Command.Name != "translate", Fragments: ctx.Bool("fragments"), Version: Version}
	switch m := ctx.String("hitcount-mode"); m {
	case "exact":
	case "meter":
		o.Meter = true
	default:
		return o, usage("--hitcount-mode %s: write exact or meter", m)
	}
	if !nft.LegalName(o.Table) {
		return o, usage("--table %s is not a name that nftables takes", o.Table)
	}
	return o, nil
}

// nftOnly and ebpfOnly are options that mean nothing to the other backend.
var (
	nftOnly  = []string{"table", "hitcount-mode", "fragments"}
	ebpfOnly = []string{"attach", "lru", "hz"}
)

func ebpfBackend(ctx *cli.Context) (translator, error) {
	for _, name := range nftOnly {
		if ctx.IsSet(name) {
			return nil, usage("--%s is an option of the nft backend", name)
		}
	}
	o := ebpf.Options{HZ: uint32(ctx.Uint("hz")), PktListTot: uint32(ctx.Uint("ip-pkt-list-tot")), Version: Version}
	if ctx.Uint("hz") > maxHZ {
		return nil, usage("--hz is at most %d", maxHZ)
	}
	at, device, err := attachment(ctx)
	if err != nil {
		return nil, err
	}
	o.Attach = at
	if ctx.Command.Name == "apply" {
		if o.HZ, err = loader.RateFor(); err != nil {
			return nil, exitError{exitSystem, "apply: " + err.Error()}
		}
	}
	switch lru := ctx.String("lru"); lru {
	case "exact":
	case "approx":
		o.Approximate = true
	default:
		return nil, usage("--lru %s: write exact or approx", lru)
	}
	return func(programs []*compile.Program) (translation, diag.List) {
		out, diags := ebpf.Translate(programs, o)
		full := fmt.Sprintf("A list holds %d addresses and forgets the oldest when it is full, as xt_recent does; --ip-list-tot changes that.",
			capacity(programs, ebpf.DefaultCapacity))
		if o.Approximate {
			full = "The kernel forgets addresses before the lists are full, and not always the oldest."
		}
		return translation{text(string(out.Object)), text(out.Listing), out.Matches, len(out.Rules), full, nil, loader.NewImage(&out, device)}, diags
	}, nil
}

// text writes a text.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// maxHZ is more than any kernel has.
const maxHZ = 10000

// attachment reads where programs are to stand. apply needs to know the device too.
func attachment(ctx *cli.Context) (at ebpf.Attach, device string, err error) {
	name := ctx.String("attach")
	if ctx.Command.Name == "apply" {
		return attachHere(name)
	}
	at, ok := attachments[name]
	if !ok {
		return at, "", usage("--attach %s: write netfilter, xdp, tc-ingress or tc-egress", name)
	}
	return at, "", nil
}

// attachHere reads netfilter, xdp:eth0, tc:eth0, tc:eth0:ingress or tc:eth0:egress.
func attachHere(name string) (at ebpf.Attach, device string, err error) {
	kind, device, ok := strings.Cut(name, ":")
	at = map[string]ebpf.Attach{"xdp": ebpf.XDP, "tc": ebpf.TCIngress}[kind]
	if dev, way, ok := strings.Cut(device, ":"); ok && kind == "tc" && (way == "ingress" || way == "egress") {
		device = dev
		if way == "egress" {
			at = ebpf.TCEgress
		}
	}
	switch {
	case name == "netfilter":
		return ebpf.Netfilter, "", nil
	case !ok || device == "" || at == ebpf.Netfilter || strings.Contains(device, ":"):
		return at, "", usage("--attach %s: write netfilter, xdp:DEVICE, tc:DEVICE or tc:DEVICE:egress", name)
	}
	return at, device, nil
}

var attachments = map[string]ebpf.Attach{
	"netfilter": ebpf.Netfilter, "xdp": ebpf.XDP, "tc-ingress": ebpf.TCIngress, "tc-egress": ebpf.TCEgress,
}

// ownTo leaves out warnings that are about another backend.
func ownTo(name string, l diag.List) diag.List {
	if !strings.EqualFold(name, "ebpf") {
		return l
	}
	return slices.DeleteFunc(l, func(d diag.Diagnostic) bool { return d.Code == diag.RecentTwoFamilies })
}

// capacity is how many addresses the lists hold: the same for all.
func capacity(programs []*compile.Program, otherwise uint32) uint32 {
	for _, p := range programs {
		for _, l := range p.Lists {
			if l.Capacity > 0 {
				return l.Capacity
			}
		}
	}
	return otherwise
}
