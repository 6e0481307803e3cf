package ebpf

import (
	"encoding/binary"

	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend"
	"github.com/recentc/recentc/compile"
)

// recent is one -m recent: its steps taken together, because the kernel looks the
// address up once for all of them.
type recent struct {
	list *list
	side compile.Side
	// op is what the function is asked to do, without the address's place.
	op            uint32
	hits, seconds uint32
	forget, never bool
}

// recentOf takes the list steps of one match from the front of steps, and tells
// how many they are; 0 if the first is of another kind.
func (t *translator) recentOf(steps []compile.Step) (r recent, n int) {
	switch s := steps[0].(type) {
	case *compile.Record:
		r = recent{list: t.lists[s.List.Name], side: s.Side, op: opRecord}
		n = 1
		if len(steps) > 1 {
			never, ok := steps[1].(*compile.Never)
			r.never = ok && never.Origin == s.Origin
		}
		if r.never {
			n = 2
		}
	case *compile.Seen:
		r, n = t.seen(s), 1
		if len(steps) > 1 {
			if again, ok := steps[1].(*compile.Record); ok && again.Origin == s.Origin {
				r.op |= opUpdate
				n = 2
			}
		}
	case *compile.Forget:
		r = recent{list: t.lists[s.List.Name], side: s.Side, forget: true, op: flag(s.Not, opNot)}
		n = 1
	}
	return r, n
}

func (t *translator) seen(s *compile.Seen) recent {
	return recent{
		list: t.lists[s.List.Name], side: s.Side, hits: s.Ring.Hits, seconds: s.Ring.Window,
		op: opSeen | flag(s.Not, opNot) | flag(s.TTL, opTTL) | flag(s.Origin.Reap, opReap) | flag(s.Ring.Window > 0, opSeconds),
	}
}

func flag(yes bool, bit uint32) uint32 {
	if yes {
		return bit
	}
	return 0
}

// recentTests are the tests of a match; the last is the call of the function.
func (t *translator) recentTests(r recent) tests {
	var ts tests
	op := r.op
	switch {
	case !r.list.whole(t.prog.Family):
		ts = append(ts, masked{r.list.mask, sideField(r.side), t.prog.Family})
		op |= keyMask
	case r.side == compile.DestSide:
		op |= keyDst
	}
	g := r.list.geometry
	if t.opts.Approximate {
		return append(ts, t.approxTests(g, r, op)...)
	}
	t.library(g.seedName(), func() *function { return seedFunction(g) })
	if r.forget {
		t.library(g.forgetName(), func() *function { return forgetFunction(g) })
		return append(ts, ask{name: g.forgetName(), args: []uint32{r.list.key, op}})
	}
	ts = append(ts, t.recordTest(r, op))
	if r.never {
		ts = append(ts, never{})
	}
	return ts
}

// recordTest records or asks, in place or by a call.
func (t *translator) recordTest(r recent, op uint32) caller {
	g := r.list.geometry
	if t.inPlace() {
		t.out.placed++
		return placed{r.list, knownCall{op: op, hits: r.hits, seconds: r.seconds, ipv4: t.prog.Family == ast.IPv4}, t.opts.HZ}
	}
	t.library(g.recordName(), func() *function { return recordFunction(g, t.opts.HZ) })
	return ask{name: g.recordName(), args: []uint32{r.list.key, op, r.hits, r.seconds}, whatever: op&opSeen == 0}
}

// approxTests calls the functions for lists that are only nearly xt_recent's.
func (t *translator) approxTests(g geometry, r recent, op uint32) tests {
	if r.forget {
		t.library(g.approxForgetName(), func() *function { return approxForget(g) })
		return tests{ask{name: g.approxForgetName(), args: []uint32{r.list.key, op}}}
	}
	t.library(g.approxRecordName(), func() *function { return approxRecord(g, t.opts.HZ) })
	a := ask{name: g.approxRecordName(), args: []uint32{r.list.key, op, r.hits, r.seconds}, whatever: op&opSeen == 0}
	if r.never {
		return tests{a, never{}}
	}
	return tests{a}
}

// approximately is the reason where lists are the kernel's LRU maps.
const approximately = "The kernel chooses which address leaves a full list, and --reap does nothing"

// masked puts an address under a list's mask.
type masked struct {
	mask   [16]byte
	side   field
	family ast.Family
}

func (m masked) write(f *function, _ label) {
	words := 4
	if m.family == ast.IPv4 {
		words = 1
	}
	for i := range words {
		f.load(scratch, m.side.at(i))
		f.add(asm.And.Imm32(scratch, int32(binary.LittleEndian.Uint32(m.mask[4*i:]))), asm.StoreMem(packetReg, fieldKey.at(i).off, scratch, asm.Word))
	}
}

// judge notes the fidelity of a match: here it does what xt_recent does, unless
// the caller has asked for less.
func (t *translator) judge(m *compile.Recent) {
	if n := len(t.result.Matches); n > 0 && t.result.Matches[n-1].Recent == m && t.result.Matches[n-1].Rule == t.rule {
		return
	}
	match := backend.Match{Rule: t.rule, Recent: m, Fidelity: backend.Exact}
	if t.opts.Approximate {
		match.Fidelity, match.Reason = backend.Approximate, approximately
	}
	t.result.Matches = append(t.result.Matches, match)
}
