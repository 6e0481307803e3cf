package lab

import (
	"math/rand/v2"
	"time"
)

// A Trace is what to send: one list of packets for each tick, possibly empty. The packets of a tick
// are sent without a pause, each to all candidates before the next.
type Trace [][]Packet

// Flatten lists the packets in the order in which a lab of the hook sends them, with defaults filled in,
// and the tick of each.
func (t Trace) Flatten(h Hook) (packets []Packet, ticks []int) {
	for n, tick := range t {
		for _, p := range tick {
			packets = append(packets, p.withDefaults(h))
			ticks = append(ticks, n)
		}
	}
	return packets, ticks
}

// Grid is the time between two ticks. It does not divide a second, so that ages come in many sizes.
const Grid = 130 * time.Millisecond

// MaxLate is how far behind its due time a tick may be decided in a run that is on time.
const MaxLate = 20 * time.Millisecond

// EdgeMargin is the distance from the edge of a window at which the verdict is certain: MaxLate, and
// as much again as the coarsest kernel clock needs (10 ms at HZ=100).
const EdgeMargin = 30 * time.Millisecond

// NearEdge tells whether an age is closer than EdgeMargin to a whole number of seconds, from one
// second on. Windows of xt_recent are whole seconds, so the verdict about a packet of such an age may
// depend on the clock and not on the rules. The first multiples of Grid that are near an edge are
// 2.99 s, 5.98 s, 7.02 s and 10.01 s.
func NearEdge(age time.Duration) bool {
	edge := age.Round(time.Second)
	return edge > 0 && (age-edge).Abs() < EdgeMargin
}

// SafeWindow tells whether no multiple of Grid is closer than EdgeMargin to a window of so many
// seconds. With only such windows every difference in a run on time is a difference of the rules.
// Of each 13 seconds five are not safe: 3, 6, 7, 10, 13, then 16, 19 and so on.
func SafeWindow(seconds int) bool {
	before := time.Duration(seconds) * time.Second % Grid
	return before >= EdgeMargin && Grid-before >= EdgeMargin
}

// RandomTrace makes a trace of so many ticks. Each of the given packets is sent in a mood of its own
// that changes at random, about every one and a half seconds: not at all, now and then, often, or in
// bursts. Windows of a few seconds so fill and drain many times; let the trace be several times as
// long as the longest window. A packet may be given more than once, with other fields the same or
// not. The same rng gives the same trace.
func RandomTrace(rng *rand.Rand, ticks int, packets ...Packet) Trace {
	moods := make([]mood, len(packets))
	trace := make(Trace, ticks)
	for t := range trace {
		for i, p := range packets {
			if t == 0 || rng.IntN(12) == 0 {
				moods[i] = someMood[rng.IntN(len(someMood))]
			}
			for range moods[i].packets(rng) {
				trace[t] = append(trace[t], p)
			}
		}
		rng.Shuffle(len(trace[t]), func(i, j int) { trace[t][i], trace[t][j] = trace[t][j], trace[t][i] })
	}
	return trace
}

// A mood says how often a packet is sent: in one of so many ticks, up to so many times.
type mood struct{ every, upTo int }

// someMood is what a mood is drawn from. A burst is large enough to trip what acts only on several
// packets within one clock tick. Silence is the most frequent, because one burst can fill a window
// but only a silence as long as the window empties it.
var someMood = []mood{
	{}, {}, {},
	{every: 8, upTo: 1}, {every: 4, upTo: 1},
	{every: 2, upTo: 2},
	{every: 6, upTo: 12},
}

// packets draws how many to send in a tick.
func (m mood) packets(rng *rand.Rand) int {
	if m.every == 0 || rng.IntN(m.every) != 0 {
		return 0
	}
	return rng.IntN(m.upTo) + 1
}
