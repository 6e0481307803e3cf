package nft

import (
	"slices"
	"strconv"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

var notrackEnd = afterwards(act("notrack", expression("notrack")))

func (t *translator) ct(c *compile.CT) end {
	switch {
	case c.NoTrack:
		return notrackEnd
	case c.Helper != "" && (c.Zone != 0 || c.Original || c.Reply):
		t.inexpressible("-j CT with both --helper and a zone", "")
		return end{}
	case c.Helper != "":
		return t.ctHelper(c)
	}
	return t.ctKeyZone(c)
}

// ctKeyZone leaves alone what a rule has kept out of connection tracking: nftables
// would track it again.
func (t *translator) ctKeyZone(c *compile.CT) end {
	zone := act("ct "+zoneSide(c)+"zone set "+strconv.Itoa(int(c.Zone)), zoneCode(c))
	if t.anyTarget(keepsOut) {
		return afterwards(ctState(compile.CtUntracked).opposite(), zone)
	}
	return afterwards(zone)
}

func zoneCode(ct *compile.CT) func(*coder) {
	return func(c *coder) {
		c.immediate(firstRegister, hostBytes(uint64(ct.Zone), 2))
		attrs := []bytecode.Attr{bytecode.N(2, ctKeyZone), bytecode.N(4, firstRegister)}
		if ct.Original != ct.Reply {
			attrs = append(attrs, bytecode.N8(3, *directionNumber(ct.Reply)))
		}
		c.expr("ct", attrs...)
	}
}

func zoneSide(c *compile.CT) string {
	switch {
	case c.Original && !c.Reply:
		return "original "
	case c.Reply && !c.Original:
		return "reply "
	}
	return ""
}

// keepsOut tells a target that keeps packets out of connection tracking.
func keepsOut(x compile.Target) bool {
	c, ok := x.(*compile.CT)
	_, no := x.(*compile.NoTrack)
	return no || ok && c.NoTrack
}

// setsZone tells a target that decides about the connection before it is made.
func setsZone(x compile.Target) bool {
	c, ok := x.(*compile.CT)
	return ok && !c.NoTrack && c.Helper == ""
}

func (t *translator) anyTarget(is func(compile.Target) bool) bool {
	return slices.ContainsFunc(t.prog.Chains, func(c *compile.Chain) bool {
		return slices.ContainsFunc(c.Rules, func(r *compile.Rule) bool { return is(r.Target) })
	})
}

// ctHelper tests the packet a second time behind connection tracking: only there
// can nftables assign a helper. The rule itself keeps later ones from deciding
// about the connection, if there are any.
func (t *translator) ctHelper(c *compile.CT) end {
	tests, ok := t.headerTests()
	if t.failed {
		return end{}
	}
	if !ok || !t.seesAll() {
		t.inexpressible("-j CT --helper in this place", "nftables assigns helpers behind connection tracking. Put the rule into "+
			"PREROUTING or OUTPUT, in front of all that jump or decide, and let it test addresses, devices and ports only.")
		return end{}
	}
	assign := []stmt{ctState(compile.CtNew), t.setObject("ct helper", t.helperObject(c))}
	at := t.helperChain()
	t.repeated++
	at.rules = append(at.rules, rule{from: t.rule, stmts: join(tests, assign)})
	if t.anyTarget(keepsOut) || t.anyTarget(setsZone) {
		return t.ctKeyZone(&compile.CT{})
	}
	return end{}
}

// headerMatches look at nothing but what is the same at both places.
var headerMatches = []string{"address", "comment", "dccp", "fragment", "interface", "multiport", "protocol", "sctp", "tcp", "udp"}

// headerTests are the tests of the rule at hand, if each is a single one of the
// packet's headers or devices.
func (t *translator) headerTests() (tests []stmt, ok bool) {
	for _, s := range t.rule.Steps {
		if !slices.Contains(headerMatches, s.Extension()) {
			return nil, false
		}
		if s.Kind() == compile.Remark {
			continue
		}
		f := t.step(s)
		if len(f.alts) != 1 || f.unless != nil || f.do != nil {
			return nil, false
		}
		tests = append(tests, f.alts[0]...)
	}
	return tests, true
}

// seesAll tells whether every packet comes to the rule at hand, and nothing but
// other helpers and what keeps packets out is decided about its connection before.
func (t *translator) seesAll() bool {
	for _, r := range t.chain.Rules {
		if r == t.rule {
			break
		}
		_, jumps := r.Target.(*compile.Jump)
		if jumps || r.Target != nil && r.Target.Ends() || setsZone(r.Target) {
			return false
		}
	}
	return t.chain.Hook != compile.NoHook
}

// helperObject makes the object by which nftables names a helper.
func (t *translator) helperObject(c *compile.CT) string {
	key := `type "` + c.Helper + `" protocol ` + protocolText(c.Protocol) + "\n\t\tl3proto " + t.ip()
	return t.namedObject("ct helper", c.Helper, key)
}

// behindTracking is the first priority behind connection tracking's own.
const behindTracking = "-199"

func (t *translator) helperChain() *chain {
	c := t.sharedChain(t.named[t.chain]+"_helper", "assigns the helpers of "+t.named[t.chain]+", behind connection tracking")
	c.kind, c.hook, c.priority, c.policy = "filter", t.chain.Hook.String(), behindTracking, "accept"
	return c
}
