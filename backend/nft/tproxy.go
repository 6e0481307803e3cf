package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

// tproxy has a chain of its own: nftables goes on to the next rule where there is
// no socket, and iptables drops the packet.
func (t *translator) tproxy(p *compile.TProxy) end {
	take := []stmt{tests("meta l4proto "+protocolText(p.Protocol), p.Protocol), act("tproxy to " + tproxyTo(p))}
	if mark := markChange(packetMark, p.Mark); mark != "" {
		take = append(take, act(packetMark+" set "+mark))
	}
	take = append(take, decide("accept"))
	own := t.addChain(t.named[t.chain] + "_tproxy")
	own.rules = []rule{{stmts: take}, {stmts: []stmt{decide("drop")}}}
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
