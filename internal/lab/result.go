package lab

import (
	"fmt"
	"net/netip"
	"sort"
	"time"
)

// A Result says what each candidate did with each packet of a trace.
type Result struct {
	// Packets are the packets of the trace in the order sent, with defaults filled in.
	Packets []Packet
	// Ticks has the tick of each packet, from 0.
	Ticks []int
	// Accepted has, for each candidate by name, whether it accepted each packet.
	Accepted map[string][]bool
	// Marks has, for each candidate by name, the mark that each packet left with; 0 for one that was
	// dropped. Rules that mark instead of deciding make visible which of them matched.
	Marks map[string][]uint32
	// Worst is how long after its due time the latest tick was decided.
	Worst time.Duration
}

// Late tells whether some tick was decided more than MaxLate after it was due. The ages of packets
// in a late run are not what the trace says; they are still the same for all candidates.
func (r Result) Late() bool { return r.Worst > MaxLate }

// Dropped is the number of packets that the candidate did not accept. It panics if there was no
// such candidate.
func (r Result) Dropped(candidate string) int {
	n := 0
	for _, accepted := range r.verdicts(candidate) {
		if !accepted {
			n++
		}
	}
	return n
}

// Turns counts how often the candidate treated a source's packet unlike the one before, by its verdict
// or mark. A trace with few turns tests little.
func (r Result) Turns(candidate string) (n int) {
	last := map[netip.Addr]int64{}
	for i, accepted := range r.verdicts(candidate) {
		now := int64(r.Marks[candidate][i]) << 1
		if accepted {
			now |= 1
		}
		src := r.Packets[i].Src
		if before, seen := last[src]; seen && before != now {
			n++
		}
		last[src] = now
	}
	return n
}

func (r Result) verdicts(candidate string) []bool {
	v, ok := r.Accepted[candidate]
	if !ok {
		panic(fmt.Sprintf("lab: no candidate %q in this result", candidate))
	}
	return v
}

// newResult flattens the trace and makes room for the verdicts of the candidates and the control.
func newResult(cfg Config, trace Trace) Result {
	r := Result{Accepted: map[string][]bool{}, Marks: map[string][]uint32{}}
	r.Packets, r.Ticks = trace.Flatten(cfg.Hook)
	for _, c := range cfg.Candidates {
		r.addStation(c.Name)
	}
	r.addStation(control)
	return r
}

func (r Result) addStation(name string) {
	r.Accepted[name] = make([]bool, len(r.Packets))
	r.Marks[name] = make([]uint32, len(r.Packets))
}

// tickRange is the half-open range of the packets of a tick.
func (r Result) tickRange(tick int) (from, to int) {
	return sort.SearchInts(r.Ticks, tick), sort.SearchInts(r.Ticks, tick+1)
}

// A LostError is a packet of the trace that does not arrive even without rules.
type LostError struct {
	Index  int // in the order sent
	Packet Packet
}

// Error describes the packet.
func (e *LostError) Error() string {
	return fmt.Sprintf("lab: packet %d (%v) does not arrive even without rules", e.Index, e.Packet)
}

// finish takes the control out. A packet that did not get through without rules proves nothing about
// rules.
func (r Result) finish() (Result, error) {
	for i, accepted := range r.Accepted[control] {
		if !accepted {
			return Result{}, &LostError{Index: i, Packet: r.Packets[i]}
		}
	}
	delete(r.Accepted, control)
	delete(r.Marks, control)
	return r, nil
}
