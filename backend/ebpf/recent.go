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
	if !t.opts.Approximate {
		g := r.list.geometry
		t.library(g.seedName(), func() *function { return seedFunction(g) })
	}
	if r.forget {
		return append(ts, t.forgetTest(r, op))
	}
	ts = append(ts, t.recordTest(r, op))
	if r.never {
		ts = append(ts, never{})
	}
	return ts
}

// recordTest records or asks, in place or by a call.
func (t *translator) recordTest(r recent, op uint32) caller {
	if t.inPlace() {
		t.out.placed++
		return placed{r.list, knownCall{op: op, hits: r.hits, seconds: r.seconds, ipv4: t.prog.Family == ast.IPv4}, t.opts.HZ}
	}
	g := r.list.geometry
	name, write := g.recordName(), recordFunction
	if t.opts.Approximate {
		name, write = g.approxRecordName(), approxRecord
	}
	t.library(name, func() *function { return write(g, t.opts.HZ) })
	return ask{name: name, args: []uint32{r.list.key, op, r.hits, r.seconds}, whatever: op&opSeen == 0}
}

// forgetTest removes.
func (t *translator) forgetTest(r recent, op uint32) caller {
	g := r.list.geometry
	name, write := g.forgetName(), forgetFunction
	if t.opts.Approximate {
		name, write = g.approxForgetName(), approxForget
	}
	t.library(name, func() *function { return write(g) })
	return ask{name: name, args: []uint32{r.list.key, op}}
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
