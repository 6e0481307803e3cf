// Package xtranslate has rules for which iptables-translate prints nftables rules that treat some packet
// otherwise than the rule did, each with such a packet. Its test sends the packets, in the kernel, to the
// rule itself, to what iptables-translate prints and to what recentc prints; docs/iptables-translate.md is
// made from the same table.
package xtranslate

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
)

// Version is the iptables-translate whose output Case.Prints is.
const Version = "1.8.9"

// A Case is one rule that iptables-translate gets wrong.
type Case struct {
	// Name is that of the test, and Option what is translated wrongly, in Markdown.
	Name, Option string
	// Why says what the rule does and what nftables does with the form that is printed.
	Why string
	// Shows describes the packet which is treated otherwise, and by whom how.
	Shows string

	Family ast.Family
	// Rule is the rule, with its table and -A in front, as arguments of iptables.
	Rule string
	// Prints is the rule that iptables-translate makes of it; empty where it prints a comment.
	Prints string
	// Newer has the rule that a version after [Version] makes of it where that one prints a comment.
	Newer string
	// Refused is the rule as the kernel refuses it, where it stands in iptables' own tests like that: Rule is
	// its neighbour that the kernel takes. KernelLog is what the kernel writes in its log about it.
	Refused, KernelLog string

	// Stop is the time in Rule, which the test moves to where it can wait for it, and Zone the time zone in which the
	// translation is loaded; empty: UTC.
	Stop, Zone string
	// Unsupported tells that recentc refuses the rule.
	Unsupported bool

	// Before and After are rules around it that make its effect seen, which all translate rightly.
	Before, After []string
	// Watch is a script of nft that does so behind the rules, where iptables-translate translates no such rule rightly.
	Watch   string
	Hook    lab.Hook
	In      []string // interfaces of the lab, if not one
	Packets lab.Trace
	// Prepare, if not nil, is called in each namespace before the rules are loaded.
	Prepare func(ns *lab.Namespace) error
}

// Tool is the iptables of the family, without what follows a dash: "iptables" or "ip6tables".
func (c *Case) Tool() string {
	if c.Family == ast.IPv6 {
		return "ip6tables"
	}
	return "iptables"
}

// Theirs is the rule that some version of iptables-translate prints; empty where all print a comment.
func (c *Case) Theirs() string {
	if c.Newer != "" {
		return c.Newer
	}
	return c.Prints
}

// Rules is the case as a save file.
func (c *Case) Rules() string {
	return saveFile(append(append(c.Before[:len(c.Before):len(c.Before)], c.Rule), c.After...))
}

// RuleAlone is the rule in question as a save file.
func (c *Case) RuleAlone() string { return saveFile([]string{c.Rule}) }

// saveFile writes rules, each with -t TABLE in front, table by table.
func saveFile(rules []string) string {
	var b strings.Builder
	for _, table := range []string{"raw", "mangle", "nat", "filter"} {
		inTable := ""
		for _, r := range rules {
			if rest, ok := strings.CutPrefix(r, "-t "+table+" "); ok {
				inTable += rest + "\n"
			}
		}
		if inTable != "" {
			fmt.Fprintf(&b, "*%s\n%sCOMMIT\n", table, inTable)
		}
	}
	return b.String()
}
