package nft

import (
	"path"
	"strconv"

	"github.com/recentc/recentc/compile"
)

// The kernel gives a new chain its policy only after the chain's rules are in force, and
// accepts until then. So no packet may need a policy of drop: each way to the end of a
// chain with a hook ends in a rule that says the same, and that counts as iptables counts
// what the policy got. The policy stays, for who empties the chain by hand.

// PolicyComment is the comment of the rule that is the policy of a chain.
func PolicyComment(chain string) string { return "policy " + chain }

// policy is the verdict at the end of a chain with a hook.
func policy(c *compile.Chain) stmt {
	if c.Drop {
		return drops
	}
	return accepts
}

// endByPolicy ends the chain at hand, which has got its rules. Out is the chain that they
// go on in.
func (t *translator) endByPolicy(out *chain) {
	switch {
	case !t.chain.Drop || t.chain.Hook == compile.NoHook:
		return
	case t.policyChain != nil:
		out.rules = append(out.rules, rule{stmts: []stmt{goTo(t.policyChain.name)}})
	default:
		out.rules = append(out.rules, policyRule(t.chain, t.named[t.chain]))
	}
	t.printRules(out)
}

// policyRule is the rule that a policy of drop is, with where it comes from.
func policyRule(c *compile.Chain, name string) rule {
	r := rule{stmts: []stmt{counted(c.Counters), drops}, comment: commentText(PolicyComment(name))}
	if c.PolicyFile != nil {
		r.above = "\t\t# " + printable(path.Base(c.PolicyFile.Name)) + ":" + strconv.Itoa(int(c.PolicyRange.Start.Line)) + " -P " + c.Name + " DROP\n"
	}
	return r
}

// back is what RETURN does. In a chain with a hook it is the policy, which unlike a
// return may stand in a chain of the rule's own.
func (t *translator) back() end {
	if t.chain.Hook == compile.NoHook {
		return end{stmts: []stmt{returns}, ends: true, leaves: true}
	}
	return end{stmts: []stmt{t.decidePolicy()}, ends: true}
}

// decidePolicy does what the policy of the chain at hand does.
func (t *translator) decidePolicy() stmt {
	if !t.chain.Drop {
		return accepts
	}
	if t.waits() {
		return stmt{}
	}
	if t.policyChain == nil {
		t.policyChain = t.addChain(t.named[t.chain] + "_policy")
		t.policyChain.rules = []rule{policyRule(t.chain, t.named[t.chain])}
	}
	return goTo(t.policyChain.name)
}

// gotoFromHook goes from a chain with a hook to another, behind which the policy is next.
func (t *translator) gotoFromHook(to string) end {
	if t.waits() {
		return end{}
	}
	last := t.decidePolicy()
	c := t.sharedChain(t.named[t.chain]+"_"+to, "calls "+to+", and then is at the end of "+t.named[t.chain], []stmt{jumpTo(to)}, []stmt{last})
	return end{stmts: []stmt{goTo(c.name)}, ends: true}
}
