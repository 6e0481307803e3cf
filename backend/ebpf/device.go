package ebpf

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// deviceHook is what a program at a device is: one for both families, which runs
// the chains of the hooks that its packets would pass, one after the other.
type deviceHook struct {
	name, section, context, kfunc string
	// data is where the context has the beginning of the packet, and behind that its end.
	data     int16
	verdicts verdicts
	hooks    []compile.Hook
}

// The verdicts are XDP_PASS and XDP_DROP, TC_ACT_UNSPEC and TC_ACT_SHOT: at tc,
// what is accepted goes on to the next program.
var deviceHooks = map[Attach]deviceHook{
	XDP:       {"xdp_rules", "xdp", "xdp_md", kfuncFromXDP, 0, verdicts{2, 1}, []compile.Hook{compile.Prerouting, compile.Input}},
	TCIngress: {"tc_ingress", "tc", "__sk_buff", kfuncFromSkb, ctxData, verdicts{-1, 2}, []compile.Hook{compile.Prerouting, compile.Input}},
	TCEgress:  {"tc_egress", "tc", "__sk_buff", kfuncFromSkb, ctxData, verdicts{-1, 2}, []compile.Hook{compile.Output, compile.Postrouting}},
}

// deviceChain is a chain that a program at a device runs.
type deviceChain struct {
	chain  *compile.Chain
	name   string
	family ast.Family
}

// atDevice notes a chain with a hook for the program at the device, or reports
// that packets do not come by it there.
func (t *translator) atDevice(c *compile.Chain) {
	if slices.Contains(deviceHooks[t.at].hooks, c.Hook) {
		if c.Table != "nat" {
			t.device = append(t.device, deviceChain{c, t.chains[c], t.prog.Family})
		}
		return
	}
	d := diag.Diagnostic{
		Code: diag.NotAtHook, Severity: diag.Error, Range: c.Range,
		Summary: fmt.Sprintf("chain %s of table %s cannot stand at %v", c.Name, c.Table, t.at),
		Why:     "The packets that come by there are not those of this hook, and which of them would be is decided later.",
		Fix:     "Attach to netfilter, or take the chain out of the file.",
	}
	if c.File != nil {
		d.File, d.Line = c.File.Name, c.File.Line(c.Range.Start.Line)
	}
	t.diags.Add(d)
}

// deviceProgram writes the program for a device.
func (t *translator) deviceProgram() {
	h := deviceHooks[t.at]
	slices.SortStableFunc(t.device, func(a, b deviceChain) int {
		return cmp.Or(cmp.Compare(slices.Index(h.hooks, a.chain.Hook), slices.Index(h.hooks, b.chain.Hook)),
			compile.InPacketOrder(a.chain, b.chain))
	})
	f := &function{name: t.takeName(h.name), section: h.section, params: []string{h.context}, frame: programAt}
	p := program{function: f, hook: compile.NoHook, frames: &h}
	for _, c := range t.device {
		p.needs |= t.out.reads(c.name)
	}
	f.pending = &sourceLine{"recentc", 0, h.name}
	f.add(asm.Mov.Reg(skbReg, asm.R1))
	p.clear()
	marks := p.needs&needMark != 0
	if marks {
		f.add(stored(skbReg, atContext), asm.LoadMem(asm.R1, skbReg, ctxMark, asm.Word))
		p.put(fieldMark, asm.R1)
	}
	t.frame(&p)
	if marks {
		f.add(
			restore(skbReg, atContext), asm.LoadMem(asm.R1, asm.RFP, atPacket+fieldMark.off, asm.Word),
			asm.StoreMem(skbReg, ctxMark, asm.R1, asm.Word),
		)
	}
	p.end(h.verdicts)
	t.result.Programs = append(t.result.Programs, Program{Name: f.name, Hook: compile.NoHook})
	t.out.add(f)
}

// ctxMark is where a tc program has the packet's mark.
const ctxMark = 8

// The protocols of Ethernet that are looked into.
const (
	etherIPv4 = 0x0800
	etherIPv6 = 0x86dd
	etherVLAN = 0x8100
	etherQinQ = 0x88a8
)

// maxVLANs is how many VLAN tags are looked behind.
const maxVLANs = 2

// frame reads the Ethernet header and runs the chains of the packet's family. All
// that is not IP is accepted: iptables does not see it either.
func (t *translator) frame(p *program) {
	done := p.label()
	p.add(asm.Mov.Imm(offsetReg, 0))
	p.slice(etherHeader, done)
	if p.needs&needMAC != 0 {
		for i := range int16(3) {
			p.add(asm.LoadMem(asm.R1, asm.R0, 6+2*i, asm.Half))
			p.put(fieldMAC.at(int(i)), asm.R1)
		}
		p.add(storeImm(asm.RFP, atPacket+fieldHasMAC.off, 1, asm.Byte))
	}
	p.add(asm.LoadMem(headReg, asm.R0, 12, asm.Half), asm.Mov.Imm(offsetReg, etherHeader))
	for range maxVLANs {
		p.vlan(done)
	}
	for _, family := range []ast.Family{ast.IPv4, ast.IPv6} {
		t.familyAt(p, family, done)
	}
	p.here(done)
}

// vlan looks behind a VLAN tag, if there is one.
func (p *program) vlan(done label) {
	tag, none := p.label(), p.label()
	p.when(asm.JEq, headReg, network16(etherVLAN), tag)
	p.when(asm.JNE, headReg, network16(etherQinQ), none)
	p.here(tag)
	p.slice(4, done)
	p.add(asm.LoadMem(headReg, asm.R0, 2, asm.Half), asm.Add.Imm(offsetReg, 4))
	p.here(none)
}

// familyAt runs the chains of a family for its packets.
func (t *translator) familyAt(p *program, family ast.Family, done label) {
	chains := slices.DeleteFunc(slices.Clone(t.device), func(c deviceChain) bool { return c.family != family })
	if len(chains) == 0 {
		return
	}
	other := p.label()
	kind := map[ast.Family]uint16{ast.IPv4: etherIPv4, ast.IPv6: etherIPv6}[family]
	p.when(asm.JNE, headReg, network16(kind), other)
	p.family = family
	p.headers()
	for _, c := range chains {
		t.run(p, c.chain, c.name)
	}
	p.goTo(done)
	p.here(other)
}

// network16 is a number as two bytes in network order are read.
func network16(n uint16) int32 {
	return int32(binary.LittleEndian.Uint16(binary.BigEndian.AppendUint16(nil, n)))
}
