package verify

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// A plan is all that is sent to one lab.
type plan struct {
	trace lab.Trace
	// why tells of each rule for which there is no packet what stands in the way.
	why map[*compile.Rule]string
	// sent are the rules for which there are packets.
	sent map[*compile.Rule]bool
}

const (
	// mostActors keeps every list below the 100 addresses that xt_recent holds by default.
	mostActors = 75
	// mostInTick keeps a tick short of lab.MaxLate.
	mostInTick = 90
	// randomScripts are the packets that the random part draws from, for each of randomActors.
	randomScripts = 14
	randomActors  = 4
)

// A planner puts scripts on the grid.
type planner struct {
	*writer
	plan *plan
	// shown are scripts that were made, to draw random packets from.
	shown []*script
}

// makePlan plans so many ticks for the rules of each family.
func makePlan(rng *rand.Rand, sites []*site, ticks int) *plan {
	p := &plan{trace: make(lab.Trace, ticks), why: map[*compile.Rule]string{}, sent: map[*compile.Rule]bool{}}
	for _, s := range sites {
		b := &planner{writer: newWriter(newSolver(s, rng)), plan: p}
		b.direct(mostActors / len(sites))
		b.random()
		b.strangers()
		p.avoidEdges(s)
	}
	return p
}

// direct plays the script of every rule, with several actors if the lists have the room.
func (b *planner) direct(actors int) {
	each := 3
	for each > 1 && each*len(b.rules) > actors {
		each--
	}
	var pool []lab.Packet
	for i, r := range b.rules {
		for k := range each {
			if len(pool) < actors {
				pool = append(pool, b.actor())
			}
			b.play(r, pool[(i*each+k)%len(pool)], k)
		}
	}
}

// play puts one script into the trace, in one of the manners.
func (b *planner) play(r *compile.Rule, actor lab.Packet, manner int) {
	s, why := b.write(r, actor)
	if s == nil {
		b.plan.why[r] = why
		return
	}
	b.plan.sent[r] = true
	b.shown = append(b.shown, s)
	switch manner {
	case 0:
		b.edges(s, b.burst(s, b.start(s)))
	case 1:
		b.slowly(s, b.start(s))
	default:
		b.again(s, b.burst(s, b.start(s)/2))
	}
}

// again sends as soon as the window has passed, so that one that is too long shows, and then plays all
// once more.
func (b *planner) again(s *script, at int) {
	if !b.fits(s) {
		b.burst(s, b.start(s)+len(b.plan.trace)/2)
		return
	}
	over := at + ticksOf(s.window)
	b.send(over, s.packet(), s)
	b.burst(s, over+2)
}

// start is a random tick, early enough for the window to pass.
func (b *planner) start(s *script) int {
	room := len(b.plan.trace) - len(s.bursts) - 2
	if b.fits(s) {
		room -= 2*ticksOf(s.window) + 4
	}
	return b.rng.IntN(max(1, min(room, len(b.plan.trace)/3)))
}

// burst plays all of a script, each of its bursts in one tick, and returns the last tick.
func (b *planner) burst(s *script, at int) int {
	for i, burst := range s.bursts {
		for _, p := range burst {
			b.send(at+i, p, s)
		}
	}
	return at + len(s.bursts) - 1
}

// slowly plays the last burst a packet at a time.
func (b *planner) slowly(s *script, at int) {
	short := &script{bursts: s.bursts[:len(s.bursts)-1], route: s.route}
	at = b.burst(short, at) + 1
	for _, p := range s.bursts[len(s.bursts)-1] {
		b.send(at, p, s)
		at += 1 + b.rng.IntN(3)
	}
	b.edges(s, at)
}

// edges sends just before the end of the window, and after it has passed: once for a list that the first
// of these refreshed, and again.
func (b *planner) edges(s *script, at int) {
	if !b.fits(s) {
		return
	}
	w := time.Duration(s.window) * time.Second
	alive := int((w - lab.EdgeMargin) / lab.Grid)
	b.send(at+alive, s.packet(), s)
	over := at + alive + ticksOf(s.window) + 1
	for _, p := range s.bursts[len(s.bursts)-1] {
		b.send(over, p, s)
	}
}

// ticksOf is the number of ticks after which a window has passed for certain.
func ticksOf(seconds uint32) int {
	return int((time.Duration(seconds)*time.Second + lab.EdgeMargin + lab.Grid - 1) / lab.Grid)
}

// fits tells whether a window opens and passes while packets are sent.
func (b *planner) fits(s *script) bool {
	return s.window > 0 && s.window < 1<<20 && 2*ticksOf(s.window)+len(s.bursts)+8 < len(b.plan.trace)
}

// send puts a packet into a tick, or into the next that has room.
func (b *planner) send(tick int, p lab.Packet, s *script) {
	p = b.fresh(p, s.route)
	for ; tick < len(b.plan.trace); tick++ {
		if len(b.plan.trace[tick]) < mostInTick {
			b.plan.trace[tick] = append(b.plan.trace[tick], p)
			return
		}
	}
}

// random sends packets of all rules from few actors at random, rules with lists first: what the scripts
// did not think of.
func (b *planner) random() {
	pick := slices.Clone(b.shown)
	b.rng.Shuffle(len(pick), func(i, j int) { pick[i], pick[j] = pick[j], pick[i] })
	slices.SortStableFunc(pick, func(x, y *script) int { return weight(x) - weight(y) })
	pick = pick[:min(len(pick), randomScripts)]
	var packets []lab.Packet
	of := map[lab.Packet]*script{}
	for range randomActors {
		actor := b.actor()
		for _, s := range pick {
			if p, why := b.repair(s.route, actor); why == "" {
				packets = append(packets, p)
				of[p] = s
			}
		}
	}
	for tick, some := range lab.RandomTrace(b.rng, len(b.plan.trace), packets...) {
		for _, p := range some {
			b.send(tick, p, of[p])
		}
	}
}

func weight(s *script) int {
	if s.route.touchesList() {
		return 0
	}
	return 1
}

// strangers are packets that no rule asked for, to try the policies.
func (b *planner) strangers() {
	for tick := 0; tick < len(b.plan.trace); tick += 9 {
		b.plan.trace[tick] = append(b.plan.trace[tick], b.actorOf(tick))
	}
}

// actorOf uses four strangers in turn, so that they do not fill lists.
func (b *planner) actorOf(tick int) lab.Packet {
	p := b.actor()
	if len(b.shown) > 0 {
		known := b.shown[tick%min(4, len(b.shown))].packet()
		p.Src, p.Dst = known.Src, known.Dst
		if b.hook == lab.Input {
			b.home(&p)
		}
	}
	return p
}

// avoidEdges leaves out packets whose age to an earlier one of the same address is so close to a window's
// end that the clock and not the rule would decide.
func (p *plan) avoidEdges(s *site) {
	for _, l := range s.prog.Lists {
		for _, r := range l.Rings {
			if r.Window == 0 || r.Window > 1<<20 || lab.SafeWindow(int(r.Window)) {
				continue
			}
			for side, used := range l.Sides {
				if used {
					p.avoid(l.Mask, compile.Side(side), distance(r.Window))
				}
			}
		}
	}
}

// distance is the number of ticks whose age is closest to the window.
func distance(seconds uint32) int {
	return int((time.Duration(seconds)*time.Second + lab.Grid/2) / lab.Grid)
}
