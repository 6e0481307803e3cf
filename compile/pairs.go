package compile

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/internal/diag"
)

// mostPairs is how many rules lists of addresses may make in one input beyond the rules
// that are written. Each takes some kilobytes, and 400 bytes of -s and -d can stand for a
// thousand.
const mostPairs = 32768

// mayPair tells whether a rule may have lists of addresses in both -s and -d. Such rules
// are compiled one after the other, so that they are counted in their order.
func mayPair(rule string) bool {
	return strings.Count(rule, ",") > 1 && strings.Contains(rule, "-s") && strings.Contains(rule, "-d")
}

// fewPairs counts the rules that lists of addresses stand for, and refuses the rule with
// which they are too many. A rule whose -s or -d has one address is as long as the rules
// that it makes, and is not counted.
func (c *ruleCompiler) fewPairs(sources, dests int) bool {
	if sources == 1 || dests == 1 {
		return true
	}
	if c.pairs += sources * dests; c.pairs <= mostPairs {
		return true
	}
	c.report(diag.TooManyPairs, c.rule.Range, fmt.Sprintf("%d addresses of -s with %d of -d are too many rules", sources, dests),
		fmt.Sprintf("iptables makes a rule of each pair. With this rule, the rules that lists of addresses stand for are over %d.", mostPairs),
		"Put the addresses into two sets of ipset, and match both with -m set.")
	return false
}
