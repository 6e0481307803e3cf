package lint

import (
	"slices"

	"github.com/recentc/recentc/compile"
)

// flow is what is known of the packets' ways through a program.
type flow struct {
	program *compile.Program
	chains  map[chainName]*compile.Chain
	rules   map[*compile.Rule]*ruleFlow
	// ways are the visits of rules with list steps, in the order in which one
	// packet meets them within a hook.
	ways []*visit
	// whole tells that every way was followed. Where it is false nothing may be
	// concluded from what was not found.
	whole bool
	// left is the first rule that was not followed on some way to it.
	left *compile.Rule
}

type chainName struct{ table, chain string }

// ruleFlow is what is known of one rule, over all ways to it.
type ruleFlow struct {
	rule  *compile.Rule
	chain *compile.Chain
	// condition is the rule's own.
	condition region
	// visits is how many ways lead to the rule, dead how many of them no packet
	// takes: for a contradiction, or because by took them.
	visits, dead int
	by           []*taken
}

// visit is one way to a rule with list steps.
type visit struct {
	*ruleFlow
	// hook is the built-in chain where the way begins, order the place on it.
	hook  *compile.Chain
	order int
	// from has all packets that come to the rule on this way, region those of them
	// that can pass its conditions.
	from, region region
	// frames are the calls on the way. Those of skips may be left, or not made, by
	// packets of from that then do not come here.
	frames, skips []*frame
	// established tells whether TCP packets of established connections come here.
	established bool
	// guards are the checks of lists that were passed on the way to the rule.
	guards []guard
	// dead tells that no packet takes this way.
	dead bool
}

// walker follows the packets from each built-in chain, into each call.
type walker struct {
	*flow
	cover  *cover
	hook   *compile.Chain
	frames []*frame
	order  int
	epoch  int
	budget int
	// guards are the checks passed on the way.
	guards []guard
}

// frame is a call of a chain on the way.
type frame struct {
	// returns are what has left the chain for its caller.
	returns []region
	// local are the regions that only count until the chain is left.
	local []local
}

// local is a region that was added for a while.
type local struct {
	key   coverKey
	taken *taken
}

// maxReturns bounds how many returns of a chain are told apart.
const maxReturns = 24

// maxCalls bounds how deep calls are followed. Each visit keeps the calls that lead to
// it, so that a long row of chains would cost the square of its length.
const maxCalls = 256

// follow analyses a program.
func follow(p *compile.Program) *flow {
	f := &flow{program: p, chains: map[chainName]*compile.Chain{}, rules: map[*compile.Rule]*ruleFlow{}, whole: true}
	total := 0
	for _, c := range p.Chains {
		f.chains[chainName{c.Table, c.Name}] = c
		total += len(c.Rules)
	}
	flows := make([]ruleFlow, 0, total)
	for _, c := range p.Chains {
		for _, r := range c.Rules {
			flows = append(flows, ruleFlow{rule: r, chain: c, condition: conditionOf(r)})
			f.rules[r] = &flows[len(flows)-1]
		}
	}
	w := &walker{flow: f, budget: 3*total + 20000}
	for _, c := range p.Chains {
		if c.Hook != compile.NoHook {
			w.fromHook(c)
		}
	}
	return f
}

func (w *walker) fromHook(c *compile.Chain) {
	w.cover, w.hook = newCover(), c
	start := everything
	if c.Table == "nat" {
		start.state = compile.CtNew | compile.CtRelated | compile.CtUntracked
	}
	w.call(c, start)
}

// call follows the packets of a region through a chain.
func (w *walker) call(c *compile.Chain, from region) {
	if len(w.frames) >= maxCalls && len(c.Rules) > 0 {
		w.leaveOut(c.Rules[0])
		w.epoch++ // what is not followed may change the packet
		return
	}
	f := &frame{}
	w.frames = append(w.frames, f)
	for _, r := range c.Rules {
		if w.budget--; w.budget < 0 {
			w.leaveOut(r)
			break
		}
		w.rule(w.rules[r], &from)
	}
	w.frames = w.frames[:len(w.frames)-1]
	w.leave(f)
}

// leaveOut notes that a way is not followed from a rule on.
func (w *walker) leaveOut(r *compile.Rule) {
	if w.whole = false; w.left == nil {
		w.left = r
	}
}

// leave forgets what only counted within a call.
func (w *walker) leave(f *frame) {
	for _, l := range f.local {
		w.cover.remove(l.key, l.taken)
	}
}

func (w *walker) rule(r *ruleFlow, from *region) {
	here := from.and(&r.condition)
	r.visits++
	w.order++
	var by []*taken
	if !here.empty {
		by = w.cover.all(&here, w.epoch)
	}
	dead := here.empty || by != nil
	if dead {
		r.dead++
		if r.by == nil {
			r.by = by
		}
	}
	if hasListStep(r.rule) {
		w.record(r, from, here, dead)
	}
	if !dead {
		w.target(r, here)
	}
}

func hasListStep(r *compile.Rule) bool {
	for _, s := range r.Steps {
		if s.Kind() == compile.ListStep {
			return true
		}
	}
	return false
}

func (w *walker) record(r *ruleFlow, from *region, here region, dead bool) {
	v := &visit{ruleFlow: r, hook: w.hook, order: w.order, from: *from, region: here, dead: dead, guards: w.guards}
	if !dead {
		v.established = w.establishedTCP(here)
		v.frames, v.skips = slices.Clone(w.frames), w.skips(from)
	}
	w.ways = append(w.ways, v)
}

// skips are the calls that some packets of a region may have left already.
func (w *walker) skips(from *region) (out []*frame) {
	for _, f := range w.frames {
		if f.mayHaveLeft(from) {
			out = append(out, f)
		}
	}
	return out
}

// mayHaveLeft tells whether some packets of a region may have left the call.
func (f *frame) mayHaveLeft(r *region) bool {
	return slices.ContainsFunc(f.returns, func(left region) bool { return !left.disjoint(r) })
}

// establishedTCP tells whether packets of established TCP connections come here.
// None of them is a bare SYN.
func (w *walker) establishedTCP(here region) bool {
	part := everything
	part.protocol, part.state, part.flags = protoTCP, compile.CtEstablished, allFlags&^synOnly
	asked := here.and(&part)
	return !asked.empty && w.cover.find(&asked, w.epoch) == nil
}

func (w *walker) target(r *ruleFlow, here region) {
	switch t := r.rule.Target.(type) {
	case nil:
	case *compile.Jump:
		w.jump(r, t, here)
	case compile.Return:
		w.returned(r, here)
	default:
		if t.Ends() {
			w.take(r, here)
		} else if !onlyTells[t.Extension()] {
			w.epoch++
		}
	}
}

// onlyTells are targets that leave the packet as it is.
var onlyTells = map[string]bool{"LOG": true, "NFLOG": true, "TRACE": true, "AUDIT": true, "TEE": true}

func (w *walker) jump(r *ruleFlow, j *compile.Jump, here region) {
	if c := w.chains[chainName{r.chain.Table, j.Chain}]; c != nil {
		guards := w.guards
		w.guards = withGuards(guards, r.rule)
		if in := here; here.exact {
			w.call(c, in)
		} else {
			in.exact = true // within the call all that comes is all there is
			w.unsure(c, in)
		}
		w.guards = guards
	}
	if j.Goto {
		w.returned(r, here)
	}
}

// unsure follows a call that only some packets of the region take: what is taken
// there is not taken for those behind it.
func (w *walker) unsure(c *compile.Chain, in region) {
	f := &frame{returns: []region{everything}}
	w.frames = append(w.frames, f)
	w.call(c, in)
	w.frames = w.frames[:len(w.frames)-1]
	w.leave(f)
}

// returned notes that packets leave the chain for its caller.
func (w *walker) returned(r *ruleFlow, here region) {
	f := w.frames[len(w.frames)-1]
	if len(w.frames) == 1 {
		w.take(r, here) // to the policy
		return
	}
	if here.exact {
		w.keep(&taken{region: here, rule: r.rule, epoch: w.epoch}, f)
	}
	if here.exact = true; len(f.returns) < maxReturns {
		f.returns = append(f.returns, here)
	} else {
		f.returns = []region{everything}
	}
}

// take notes that packets end here. It holds behind a call only where none of
// them can have left the call before: the innermost such call ends it.
func (w *walker) take(r *ruleFlow, here region) {
	if !here.exact {
		return
	}
	t := &taken{region: here, rule: r.rule, epoch: w.epoch}
	for _, f := range slices.Backward(w.frames) {
		if f.mayHaveLeft(&here) {
			w.keep(t, f)
			return
		}
	}
	w.cover.add(t)
}

// keep adds a region until the call is left.
func (w *walker) keep(t *taken, f *frame) {
	if k, ok := w.cover.add(t); ok {
		f.local = append(f.local, local{k, t})
	}
}
