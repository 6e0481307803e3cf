package loader

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"

	cilium "github.com/cilium/ebpf"
	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
)

// bench is a rule set whose programs are run without a network: the kernel gives
// them packets that are handed to it (BPF_PROG_TEST_RUN).
type bench struct {
	*Loaded
	programs []*compile.Program
}

// newBench loads rules of the filter table's INPUT.
func newBench(t testing.TB, capacity uint32, rules ...string) *bench {
	t.Helper()
	return newBenchWith(t, capacity, ebpf.Options{}, rules...)
}

func newBenchWith(t testing.TB, capacity uint32, opts ebpf.Options, rules ...string) *bench {
	t.Helper()
	lab.Require(t)
	text := "*filter\n-A INPUT " + strings.Join(rules, "\n-A INPUT ") + "\nCOMMIT\n"
	f, diags := grammar.ParseFile("rules.v4", text)
	programs, l := compile.Compile([]*ast.File{f}, compile.Options{Family: ast.IPv4, IPListTot: capacity})
	out, m := ebpf.Translate(programs, opts)
	if diags = append(append(diags, l...), m...); diags.HasErrors() {
		t.Fatalf("%s\n%v", text, diags)
	}
	loaded, err := Load(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { loaded.Close() })
	return &bench{loaded, programs}
}

// send runs the program for one packet and tells whether it is accepted.
func (b *bench) send(t testing.TB, src, dst netip.Addr, ttl uint8) bool {
	t.Helper()
	verdict, err := b.program().Run(&cilium.RunOptions{Data: b.data(src, dst, ttl)})
	if err != nil {
		t.Fatal(err)
	}
	return verdict == map[ebpf.Attach]uint32{ebpf.Netfilter: 1, ebpf.XDP: 2, ebpf.TCIngress: 1<<32 - 1}[b.out.Attach]
}

// data is a packet as the program is given it: at a device behind an Ethernet header.
func (b *bench) data(src, dst netip.Addr, ttl uint8) []byte {
	p := packet(src, dst, ttl)
	if b.out.Attach == ebpf.Netfilter {
		return p
	}
	return append([]byte{12: 8, 13: 0}, p...)
}

// program is the one that the rules are in.
func (b *bench) program() *cilium.Program { return b.coll.Programs[b.out.Programs[0].Name] }

// packet is an IPv4 UDP packet.
func packet(src, dst netip.Addr, ttl uint8) []byte {
	p := make([]byte, 64)
	p[0], p[8], p[9] = 0x45, ttl, 17
	binary.BigEndian.PutUint16(p[2:], 64)
	copy(p[12:], src.AsSlice())
	copy(p[16:], dst.AsSlice())
	binary.BigEndian.PutUint16(p[20:], 4000)
	binary.BigEndian.PutUint16(p[22:], 53)
	binary.BigEndian.PutUint16(p[24:], 44)
	return p
}

func source(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 1, byte(n >> 8), byte(n)}) }

// TestAgainstModel sends many random packets from more addresses than a list
// holds to the programs and to the reference model: each verdict, the order of
// writing, and every TTL must agree. No rule asks for the time, which the two do
// not share.
func TestAgainstModel(t *testing.T) {
	for _, capacity := range []uint32{1, 2, 7, 100, 1000} {
		t.Run(fmt.Sprint(capacity), func(t *testing.T) {
			b := newBench(t, capacity, listRules...)
			b.compareWithModel(t, capacity, max(3, int(capacity)+int(capacity)/4))
		})
	}
}

// listRules do everything to lists that does not ask for the time. The TTL says
// which of them are for a packet.
var listRules = []string{
	"-m ttl --ttl-eq 1 -m recent --name A --set",
	"-m ttl --ttl-eq 1 -m recent --name A --rcheck --hitcount 6 -j DROP",
	"-m ttl --ttl-eq 2 -m recent --name A --update --hitcount 2 -j DROP",
	"-m ttl --ttl-eq 3 -m recent --name A --remove -j DROP",
	"-m ttl --ttl-eq 4 -m recent --name A ! --update --hitcount 3 --rdest -j DROP",
	"-m ttl --ttl-eq 5 -m recent --name A --set --rdest -m recent --name A --set",
	"-m ttl --ttl-eq 6 -m recent --name A --rcheck --rttl -j DROP",
	"-m ttl --ttl-eq 7 -m recent --name A ! --rcheck --rttl --hitcount 2 -j DROP",
	"-m ttl --ttl-eq 8 -m recent --name A ! --remove --rdest -m recent --name B --set --mask 255.255.255.248 -j DROP",
	"-m recent --name B --update --hitcount 3 -j DROP",
}

// compareWithModel sends random packets from so many addresses.
func (b *bench) compareWithModel(t *testing.T, capacity uint32, addresses int) {
	t.Helper()
	m, err := model.New(b.programs, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(uint64(capacity), 5))
	for i := range 20000 {
		src, dst, ttl := source(rng.IntN(addresses)), source(rng.IntN(addresses)), uint8(1+rng.IntN(9))
		v, err := m.Step(0, model.Incoming, model.Packet{Src: src, Dst: dst, Protocol: 17, TTL: ttl, Length: 64})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := b.send(t, src, dst, ttl), v.Outcome == model.Accepted; got != want {
			t.Fatalf("packet %d from %v to %v with TTL %d: accepted %v, want %v", i, src, dst, ttl, got, want)
		}
	}
	for _, list := range b.out.Lists {
		if !list.Approximate {
			compareLists(t, b, m, list.Name)
		}
	}
}

// TestApproximate compares lists that are only nearly xt_recent's where they do
// the same: no list gets full.
func TestApproximate(t *testing.T) {
	b := newBenchWith(t, 100, ebpf.Options{Approximate: true}, listRules...)
	b.compareWithModel(t, 100, 60)
	entries, err := b.Entries("A")
	if err != nil || len(entries) == 0 {
		t.Errorf("%v, %v", entries, err)
	}
	for i, e := range entries {
		if i > 0 && e.Youngest() < entries[i-1].Youngest() {
			t.Errorf("%v is not in the order of writing", e)
		}
	}
}

func compareLists(t *testing.T, b *bench, m *model.Machine, list string) {
	t.Helper()
	entries, err := b.Entries(list)
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.Entries(list)
	if err != nil {
		t.Fatal(err)
	}
	var a, w []string
	for _, e := range entries {
		a = append(a, fmt.Sprint(e.Addr, " ttl ", e.TTL, " stamps ", len(e.Stamps), " next ", e.Next))
	}
	for _, e := range want {
		w = append(w, fmt.Sprint(e.Addr, " ttl ", e.TTL, " stamps ", len(e.Stamps), " next ", e.Next))
	}
	if diff := cmp.Diff(w, a); diff != "" {
		t.Errorf("list %s (-model +program):\n%s", list, diff)
	}
}

// hammered are rules that change a list in every way.
var hammered = []string{
	"-m ttl --ttl-eq 1 -m recent --name A --set",
	"-m ttl --ttl-eq 2 -m recent --name A --update --seconds 1 --reap --hitcount 3",
	"-m ttl --ttl-eq 3 -m recent --name A --remove",
	"-m ttl --ttl-eq 4 -m recent --name A --set",
	"-m ttl --ttl-eq 4 -m recent --name A --update --seconds 5 --hitcount 3 -j DROP",
	"-p udp",
}

// TestHammer lets several threads send packets to one list at once, while another reads
// and changes it: nothing is lost, and at no moment does one part of the list contradict
// another.
func TestHammer(t *testing.T) {
	for _, at := range []ebpf.Attach{ebpf.Netfilter, ebpf.XDP, ebpf.TCIngress} {
		t.Run(at.String(), func(t *testing.T) {
			b := newBenchWith(t, 50, ebpf.Options{Attach: at}, hammered...)
			const each = 20000
			threads := 2 * runtime.NumCPU()
			var packets, changes sync.WaitGroup
			done := make(chan struct{})
			changes.Go(func() { b.meddle(t, done) })
			for n := range threads {
				packets.Go(func() { b.hammer(t, rand.New(rand.NewPCG(uint64(n), 9)), each) })
			}
			packets.Wait()
			close(done)
			changes.Wait()
			if b.whole50(t) == 0 {
				t.Error("the list is empty")
			}
			counters, err := b.Counters()
			if err != nil {
				t.Fatal(err)
			}
			if n := counters[4].Packets + counters[5].Packets; n != uint64(threads*each) {
				t.Errorf("%d packets are counted of %d", n, threads*each)
			}
		})
	}
}

// hammer sends packets of few sources.
func (b *bench) hammer(t *testing.T, rng *rand.Rand, packets int) {
	for range packets {
		if ttl := uint8(1 + rng.IntN(4)); !b.send(t, source(rng.IntN(70)), source(0), ttl) && ttl != 4 {
			t.Errorf("a packet with TTL %d was dropped", ttl)
			return
		}
	}
}

// meddle reads the list and changes it, until done.
func (b *bench) meddle(t *testing.T, done chan struct{}) {
	e, err := newEditor(b.maps, &b.out.Description)
	if err != nil {
		t.Error(err)
		return
	}
	defer e.Close()
	for i := 0; ; i++ {
		select {
		case <-done:
			return
		default:
		}
		if i%50 == 49 {
			if err := e.Flush("A"); err != nil {
				t.Error(err)
			}
		}
		_, forgotten := e.Forget("A", source(i%70))
		if err := errors.Join(e.Add("A", source((i+9)%70), 64, 0), forgotten); err != nil {
			t.Error(err)
		}
		b.whole50(t)
	}
}

// whole50 reads a list of 50 addresses and tells how many there are.
func (b *bench) whole50(t *testing.T) int {
	entries, err := b.Entries("A")
	if err != nil || len(entries) > 50 {
		t.Errorf("%d addresses in a list of 50: %v", len(entries), err)
	}
	return len(entries)
}

// TestHeldWord holds that a packet whose list stays locked is dropped, and that the list
// goes on once it is given back.
func TestHeldWord(t *testing.T) {
	b := newBenchWith(t, 50, ebpf.Options{Attach: ebpf.XDP}, hammered...)
	b.send(t, source(1), source(0), 1)
	b.poke(t, 0, 1)
	if b.send(t, source(2), source(0), 1) {
		t.Error("a packet passed a list that is locked")
	}
	if _, err := b.Entries("A"); err == nil {
		t.Error("a list that is locked was read")
	}
	b.poke(t, 0, 0)
	if !b.send(t, source(2), source(0), 1) {
		t.Error("a packet was dropped behind the lock")
	}
	if entries, err := b.Entries("A"); err != nil || len(entries) != 2 {
		t.Errorf("%d addresses: %v", len(entries), err)
	}
}

// TestMarkStays holds that a program at tc leaves a packet's mark alone unless a rule
// changes it.
func TestMarkStays(t *testing.T) {
	for rule, want := range map[string]uint32{
		"-p udp -m recent --name A --set":     0x77,
		"-m mark --mark 0x77 -j LOG":          0x77,
		"-p tcp -j DROP":                      0x77,
		"-m recent --name A --set -j ACCEPT":  0x77,
		"-m mark --mark 0x78 -m recent --set": 0x77,
	} {
		b := newBenchWith(t, 100, ebpf.Options{Attach: ebpf.TCIngress}, rule)
		var in, out [192]byte // struct __sk_buff
		binary.LittleEndian.PutUint32(in[8:], 0x77)
		if _, err := b.program().Run(&cilium.RunOptions{Data: b.data(source(1), source(2), 64), Context: in, ContextOut: &out}); err != nil {
			t.Fatal(err)
		}
		if got := binary.LittleEndian.Uint32(out[8:]); got != want {
			t.Errorf("%s: mark %#x", rule, got)
		}
	}
}

// TestCollisions gives a list seeds that put every address into one chain, as an
// attacker would like to: the chain has an end, the address that does not fit any
// more is dropped, and those that are known go on to count.
func TestCollisions(t *testing.T) {
	b := newBench(t, 100,
		"-m ttl --ttl-eq 1 -m recent --name A --set",
		"-m ttl --ttl-eq 2 -m recent --name A --rcheck --hitcount 2 -j DROP",
		"-m ttl --ttl-eq 3 -m recent --name A --remove",
	)
	b.unseed(t)
	const bound = 64
	for i := range 100 {
		if got := b.send(t, source(i), source(0), 1); got != (i < bound) {
			t.Errorf("address %d of one chain: accepted %v", i, got)
		}
	}
	entries, err := b.Entries("A")
	if err != nil || len(entries) != bound {
		t.Fatalf("%d addresses, %v", len(entries), err)
	}
	b.send(t, source(5), source(0), 1)
	if b.send(t, source(5), source(0), 2) {
		t.Error("an address of a full chain is not counted")
	}
	if !b.send(t, source(5), source(0), 3) || !b.send(t, source(80), source(0), 1) {
		t.Error("there is no room after an address was removed")
	}
	if _, err := b.Entries("A"); err != nil {
		t.Error(err)
	}
}

// unseed makes all factors of the first list's hash zero.
func (b *bench) unseed(t *testing.T) {
	t.Helper()
	b.poke(t, 24, 1)
}

// poke writes a word of the first list's value, past every lock.
func (b *bench) poke(t *testing.T, at int, word uint32) {
	t.Helper()
	var raw []byte
	l := b.out.Lists[0]
	if err := b.maps[l.Map].Lookup(l.Key, &raw); err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(raw[at:], word)
	if err := b.maps[l.Map].Put(l.Key, raw); err != nil {
		t.Fatal(err)
	}
}

// TestSeeds holds that two lists do not have the same seeds, and that none is
// left without.
func TestSeeds(t *testing.T) {
	b := newBench(t, 100, "-m recent --name A --set", "-m recent --name B --set")
	b.send(t, source(1), source(2), 64)
	var raw [2][]byte
	for i, at := range b.out.Lists {
		if err := b.coll.Maps[at.Map].Lookup(at.Key, &raw[i]); err != nil {
			t.Fatal(err)
		}
	}
	const seed, end = 32, 72
	if bytes.Equal(raw[0][seed:end], raw[1][seed:end]) || bytes.Equal(raw[0][seed:end], make([]byte, end-seed)) {
		t.Errorf("seeds %x and %x", raw[0][seed:end], raw[1][seed:end])
	}
}

// TestEvents holds what LOG tells.
func TestEvents(t *testing.T) {
	b := newBench(t, 100, "-p tcp -j LOG", "-m recent --name A --set -j NFLOG --nflog-group 4")
	events, err := b.Events()
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	b.send(t, source(1), source(2), 33)
	got, err := events.Next()
	want := ebpf.Event{Rule: 1, Src: source(1), Dst: source(2), Protocol: 17, SrcPort: 4000, DstPort: 53, Length: 64, TTL: 33, In: got.In}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := newBench(t, 100, "-p tcp").Events(); err == nil {
		t.Error("there are events without a rule that logs")
	}
}

// TestLargestRing fills the largest ring that a hitcount asks for, in which the
// kernel's counting has a corner, and compares it with the model on the way.
func TestLargestRing(t *testing.T) {
	b := newBench(t, 2,
		"-m ttl --ttl-eq 1 -m recent --name A --set",
		"-m ttl --ttl-eq 2 -m recent --name A --rcheck --hitcount 65535 -j DROP",
		"-m ttl --ttl-eq 3 -m recent --name A --rcheck --seconds 4000 --hitcount 65535 -j DROP",
		"-m ttl --ttl-eq 4 -m recent --name A --rcheck --seconds 4000 --hitcount 33000 -j DROP",
	)
	m, err := model.New(b.programs, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 132000 {
		ttl := uint8(1)
		if i%5000 == 0 || i > 65530 && i < 65550 || i > 131060 && i < 131090 {
			ttl = uint8(2 + i%3)
		}
		v, err := m.Step(0, model.Incoming, model.Packet{Src: source(1), Dst: source(2), Protocol: 17, TTL: ttl, Length: 64})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := b.send(t, source(1), source(2), ttl), v.Outcome == model.Accepted; got != want {
			t.Fatalf("packet %d with TTL %d: accepted %v, want %v", i, ttl, got, want)
		}
	}
	compareLists(t, b, m, "A")
}
