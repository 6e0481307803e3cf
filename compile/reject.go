package compile

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Reject discards the packet and answers with an error.
type Reject struct {
	// Reset answers with a TCP reset. Otherwise Code is that of the ICMP (ICMPv6)
	// error "destination unreachable".
	Reset bool
	Code  uint8
}

// Extension implements Target.
func (*Reject) Extension() string { return "REJECT" }

// Ends implements Target.
func (*Reject) Ends() bool { return true }

func (*Reject) hooks() []Hook { return []Hook{Input, Forward, Output} }

var rejectTarget = &extension{
	name:    "REJECT",
	options: []option{{name: "reject-with", args: 1}},
	target: func(c *call) Target {
		r := &Reject{Code: map[ast.Family]uint8{ast.IPv4: 3, ast.IPv6: 4}[c.family]} // port unreachable
		if !c.atHooks(r.hooks()) || !c.forTable("filter") || !c.rejectWith(r) {
			return nil
		}
		return r
	},
}

// rejectKind is one value of --reject-with.
type rejectKind struct {
	name, alias string
	Reject
}

// rejectKinds are in the order in which iptables tries them: it takes the first
// whose name or alias begins with the word, which may be empty.
var rejectKinds = map[ast.Family][]rejectKind{
	ast.IPv4: {
		{"icmp-net-unreachable", "net-unreach", Reject{Code: 0}},
		{"icmp-host-unreachable", "host-unreach", Reject{Code: 1}},
		{"icmp-proto-unreachable", "proto-unreach", Reject{Code: 2}},
		{"icmp-port-unreachable", "port-unreach", Reject{Code: 3}},
		{"icmp-net-prohibited", "net-prohib", Reject{Code: 9}},
		{"icmp-host-prohibited", "host-prohib", Reject{Code: 10}},
		{"tcp-reset", "tcp-rst", Reject{Reset: true}},
		{"icmp-admin-prohibited", "admin-prohib", Reject{Code: 13}},
	},
	ast.IPv6: {
		{"icmp6-no-route", "no-route", Reject{Code: 0}},
		{"icmp6-adm-prohibited", "adm-prohibited", Reject{Code: 1}},
		{"icmp6-addr-unreachable", "addr-unreach", Reject{Code: 3}},
		{"icmp6-port-unreachable", "port-unreach", Reject{Code: 4}},
		{"tcp-reset", "tcp-reset", Reject{Reset: true}},
		{"icmp6-policy-fail", "policy-fail", Reject{Code: 5}},
		{"icmp6-reject-route", "reject-route", Reject{Code: 6}},
	},
}

func (c *call) rejectWith(r *Reject) bool {
	g := c.get("reject-with")
	if g == nil {
		return true
	}
	want := strings.ToLower(g.value().Text)
	for _, k := range rejectKinds[c.family] {
		if strings.HasPrefix(k.name, want) || strings.HasPrefix(k.alias, want) {
			*r = k.Reject
			return c.resetFits(r, g)
		}
	}
	c.badReject(g.value())
	return false
}

func (c *call) badReject(w ast.Word) {
	other := ast.IPv4 + ast.IPv6 - c.family
	if slices.Contains(rejectNames(other), w.Text) {
		c.report(diag.WrongFamily, w.Range, w.Text+" is an answer to "+familyName(other)+" packets",
			"This rule set is read as "+familyName(c.family)+".", "Give --family "+other.String()+", or move the rule to the file of its family.")
		return
	}
	c.bad(w, "%q is not an answer; there are %s", w.Text, strings.Join(rejectNames(c.family), ", "))
}

func rejectNames(f ast.Family) []string {
	var names []string
	for _, k := range rejectKinds[f] {
		names = append(names, k.name)
	}
	return names
}

func (c *call) resetFits(r *Reject, g *given) bool {
	return !r.Reset || c.onlyWith(g, protoTCP)
}
