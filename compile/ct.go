package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// CT tells connection tracking what to do with a packet that it has not seen
// yet. Of several in the packet's way the first one counts. The packet goes on.
type CT struct {
	// NoTrack keeps the packet out of connection tracking. The rest is nothing then.
	NoTrack bool
	// Zone is the zone that the connection belongs to; Original and Reply tell in
	// which direction. Neither is set where it is not given.
	Zone            uint16
	Original, Reply bool
	// Helper is the name of the helper that is to watch the connection.
	Helper string
	// Protocol is that of the rule where Helper is given.
	Protocol uint8
}

// Extension implements Target.
func (*CT) Extension() string { return "CT" }

// Ends implements Target.
func (*CT) Ends() bool { return false }

var ctTarget = &extension{
	name: "CT",
	options: []option{
		{name: "notrack"}, {name: "helper", args: 1}, {name: "timeout", args: 1}, {name: "ctevents", args: 1},
		{name: "expevents", args: 1}, {name: "zone", args: 1}, {name: "zone-orig", args: 1}, {name: "zone-reply", args: 1},
	},
	target: func(c *call) Target {
		t := &CT{NoTrack: c.has("notrack")}
		if !c.inTable("raw") || !c.each(func(g *given) bool { return c.ctOption(t, g) }) {
			return nil
		}
		return t
	},
}

func (c *call) ctOption(t *CT, g *given) bool {
	switch g.name {
	case "zone", "zone-orig", "zone-reply":
		return c.ctZone(t, g)
	case "helper":
		return c.ctHelper(t, g)
	case "timeout":
		c.unsupported(g.at, "--timeout", "It names a policy that nfct keeps outside the rule set. Write a ct timeout object with the policy's times.")
		return false
	case "ctevents", "expevents":
		c.unsupported(g.at, "--"+g.name, "nftables sets the events of a connection, not of one that is yet to come: use \"ct event set\" in a chain behind connection tracking.")
		return false
	}
	return true
}

// ctZone reads one of the three zone options. The last one's number counts for
// all of them.
func (c *call) ctZone(t *CT, g *given) bool {
	if g.value().Text == "mark" {
		c.unsupported(g.at, "a zone by the packet's mark", "Write a rule for each mark: -m mark --mark N -j CT --zone N.")
		return false
	}
	n, ok := c.number(g.value(), 0, 65535)
	t.Zone = uint16(n)
	t.Original = t.Original || g.name == "zone-orig"
	t.Reply = t.Reply || g.name == "zone-reply"
	return ok
}

// maxHelperText is the longest name of a helper.
const maxHelperText = 15

func (c *call) ctHelper(t *CT, g *given) bool {
	switch p := c.core.protocol; {
	case g.value().Text == "":
		c.warn(diag.OddValue, g.at, "--helper \"\" names no helper", "The kernel takes it for no helper at all. It is translated as it acts.", "Remove --helper.")
		return true
	case p == nil || p.Not:
		c.report(diag.NeedsProtocol, g.at, "--helper needs -p", "A helper is for one protocol; the kernel refuses the rule.", "Add -p to the rule.")
		return false
	case !helperName(g.value()):
		c.bad(g.value(), "%q is not the name of a helper", g.value().Text)
		return false
	default:
		t.Helper, t.Protocol = g.value().Text, p.Number
		c.warnOfHelper(t, g)
	}
	return true
}

func helperName(w ast.Word) bool {
	for _, b := range []byte(w.Text) {
		if b != '-' && b != '_' && b != '.' && (b < '0' || b > '9') && (b|0x20 < 'a' || b|0x20 > 'z') {
			return false
		}
	}
	return w.Text != "" && len(w.Text) <= maxHelperText
}

// kernelHelpers are the helpers that the kernel's own modules bring, and for which protocols.
var kernelHelpers = map[string][]uint8{
	"amanda": {protoUDP}, "ftp": {protoTCP}, "irc": {protoTCP}, "netbios-ns": {protoUDP}, "pptp": {protoTCP},
	"Q.931": {protoTCP}, "RAS": {protoUDP}, "sane": {protoTCP}, "sip": {protoTCP, protoUDP}, "snmp": {protoUDP}, "tftp": {protoUDP},
}

// warnOfHelper warns of a helper that the kernel has not by itself. A parameter of a
// module, or conntrackd, can bring it, so the rule may be right on its own host.
func (c *call) warnOfHelper(t *CT, g *given) {
	if slices.Contains(kernelHelpers[t.Helper], t.Protocol) {
		return
	}
	proto := protocolName(t.Protocol, c.family)
	c.warn(diag.KernelRefuses, g.at, fmt.Sprintf("no module of the kernel brings a helper %q for %s", t.Helper, proto),
		"Where nothing else brings it, such as a module's parameter or conntrackd, the kernel refuses the table, with iptables and with nftables.",
		"The kernel has "+strings.Join(sortedKeys(kernelHelpers), ", ")+". Look whether one of these is meant.")
}
