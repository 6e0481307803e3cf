package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// tproxy has a chain of its own: nftables goes on to the next rule where there is
// no socket, and iptables drops the packet.
func (t *translator) tproxy(p *compile.TProxy) end {
	take := []stmt{protocolTest(p.Protocol), act("tproxy to "+tproxyTo(p), t.tproxyCode(p))}
	if mark := changed(metaMarkField, p.Mark); mark.text != "" {
		take = append(take, setMarkTo(metaMarkField, mark))
	}
	take = append(take, accepts)
	own := t.addChain(t.named[t.chain] + "_tproxy")
	own.rules = []rule{{stmts: take}, {stmts: []stmt{drops}}}
	return end{stmts: []stmt{jumpTo(own.name)}, ends: true}
}

func tproxyTo(p *compile.TProxy) string {
	address := ""
	if p.Address.IsValid() {
		address = p.Address.String()
	}
	if p.Address.Is6() {
		address = "[" + address + "]"
	}
	if p.Port == 0 && address != "" {
		return address
	}
	return address + ":" + strconv.Itoa(int(p.Port))
}

func (t *translator) tproxyCode(p *compile.TProxy) func(*coder) {
	const ip4, ip6 = 2, 10
	return func(c *coder) {
		family := uint32(ip4)
		if t.ipv6() {
			family = ip6
		}
		attrs := []bytecode.Attr{bytecode.N(1, family)}
		if p.Address.IsValid() {
			c.immediate(firstRegister, p.Address.AsSlice())
			attrs = append(attrs, bytecode.N(2, firstRegister))
		}
		if p.Port != 0 || !p.Address.IsValid() {
			c.immediate(firstRegister+4, numberBytes(uint64(p.Port), 2))
			attrs = append(attrs, bytecode.N(3, firstRegister+4))
		}
		c.expr("tproxy", attrs...)
	}
}
