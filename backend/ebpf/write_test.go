package ebpf

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestWriteList holds that a list that was written is read as it was meant to be: whole, the
// youngest addresses and stamps of what there is no room for, in their order.
func TestWriteList(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 2, 63, 64, 65, 200} {
		l := List{Slots: 64, Stamps: 8}
		var entries, want []Entry
		for i := range n {
			e := Entry{Addr: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), TTL: uint8(i)}
			if i%3 == 0 {
				e.Addr = netip.AddrFrom16([16]byte{0x20, 1, 15: byte(i)})
			}
			for range 1 + rng.IntN(20) {
				e.Stamps = append(e.Stamps, rng.Uint64())
			}
			e.Next = 1 + rng.IntN(len(e.Stamps))
			entries = append(entries, e)
			kept := e.InOrder()
			kept = kept[max(0, len(kept)-8):]
			want = append(want, Entry{e.Addr, e.TTL, kept, len(kept)})
		}
		var seed Seeds
		for i := range seed {
			seed[i] = rng.Uint64()
		}
		value := WriteList(l, entries, seed)
		got, err := ReadList(l, value)
		if diff := cmp.Diff(want[max(0, n-64):], got, cmpopts.EquateComparable(netip.Addr{}), cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("%d addresses: %v\n%s", n, err, diff)
		}
		empty, err := ReadList(l, Empty(l, value))
		if len(empty) > 0 || err != nil {
			t.Errorf("an empty list has %v, %v", empty, err)
		}
	}
	l := List{Slots: 2, Stamps: 4}
	if Empty(l, make([]byte, len(WriteList(l, nil, Seeds{})))) != nil {
		t.Error("a list that was never used is not left alone")
	}
}

// TestApproxValue holds that an address of a list that is kept approximately is read as it
// was written, and that others are told apart.
func TestApproxValue(t *testing.T) {
	l := List{Key: 3, Slots: 10, Stamps: 4}
	for _, a := range []string{"192.0.2.1", "2001:db8::1"} {
		e := Entry{Addr: netip.MustParseAddr(a), TTL: 7, Stamps: []uint64{5, 1, 2, 3, 4}, Next: 1}
		got, ok, err := ReadApprox(l, ApproxKey(l, e.Addr), WriteApprox(l, e))
		want := Entry{e.Addr, 7, []uint64{2, 3, 4, 5}, 4}
		if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" || !ok || err != nil {
			t.Errorf("%s: %v %v\n%s", a, ok, err, diff)
		}
		if _, ok, err := ReadApprox(List{Key: 4, Slots: 10, Stamps: 4}, ApproxKey(l, e.Addr), WriteApprox(l, e)); ok || err != nil {
			t.Errorf("%s is in another list too, %v", a, err)
		}
		if _, _, err := ReadApprox(l, ApproxKey(l, e.Addr), nil); err == nil {
			t.Error("a value without bytes is read")
		}
		if next := got.Stamped(9, 0); next.Youngest() != 9 || next.TTL != 7 || len(next.Stamps) != 5 {
			t.Errorf("stamped %+v", next)
		}
	}
}
