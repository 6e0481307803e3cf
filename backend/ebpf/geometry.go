package ebpf

import (
	"fmt"
	"math/bits"

	"github.com/cilium/ebpf/asm"
)

// geometry is the shape of lists: all that have it are in one map, one value a
// list, and one set of functions works on them.
type geometry struct {
	// slots is how many addresses a list holds.
	slots uint32
	// stamps is how many stamps an address keeps, a power of two.
	stamps uint32
	// word tells that the list is locked by a word, and not by bpf_spin_lock: see lock.go.
	word bool
}

func (l List) geometry() geometry { return geometry{l.Slots, l.Stamps, l.Word} }

// mapName is the name of the map of lists of this shape.
func (g geometry) mapName() string { return fmt.Sprintf("lists_%d_%d", g.slots, g.stamps) }

// recordName and forgetName are the names of the functions for its lists, and
// seedName of the one that makes a list ready.
func (g geometry) recordName() string { return fmt.Sprintf("recent_%d_%d", g.slots, g.stamps) }
func (g geometry) forgetName() string { return fmt.Sprintf("forget_%d_%d", g.slots, g.stamps) }
func (g geometry) seedName() string   { return fmt.Sprintf("seed_%d_%d", g.slots, g.stamps) }

// addName is the name of the function by which addresses are added by hand.
func (g geometry) addName() string { return fmt.Sprintf("add_%d_%d", g.slots, g.stamps) }

// buckets is how many hash chains a list has: as many as slots or more, a power of two.
func (g geometry) buckets() uint32 { return 1 << bits.Len32(g.slots-1) }

// A list is one value:
//
//	struct bpf_spin_lock lock;   or a u32
//	u32 free, used, count;   first free slot, slots ever used, addresses
//	u64 full;                addresses refused because their chain was full
//	u32 seeded, unused;
//	u64 seed[5];             of the hash
//	struct slot slot[slots + 1];
//	u32 bucket[buckets];     first slot of each hash chain
//
// Slots are numbered from 1. Slot 0 is no address but the ring of all addresses
// in the order in which they were written: its next is the oldest, its prev the
// youngest. So a value of zeros is an empty list.
const (
	listLock   = 0
	listFree   = 4
	listUsed   = 8
	listCount  = 12
	listFull   = 16
	listSeeded = 24
	listSeed   = 32
	listSlots  = 72
	// seeds is how many factors the hash has: one for each word of an address,
	// and a summand.
	seeds = 5
)

// A slot is an address:
//
//	u8 addr[16];
//	u32 next, prev;    in the order of writing
//	u32 hnext, hprev;  in the hash chain; hprev 0 is the chain's first
//	u32 bucket;
//	u16 index, nstamps;
//	u8 family, ttl, unused[6];
//	u64 stamps[];      in jiffies
const (
	slotAddr    = 0
	slotNext    = 16
	slotPrev    = 20
	slotHNext   = 24
	slotHPrev   = 28
	slotBucket  = 32
	slotIndex   = 36
	slotNStamps = 38
	slotFamily  = 40
	slotTTL     = 41
	slotStamps  = 48
)

// slotSize is the size of a slot in bytes.
func (g geometry) slotSize() uint32 { return slotStamps + 8*g.stamps }

// bucketsAt is where the hash chains begin.
func (g geometry) bucketsAt() uint32 { return listSlots + (g.slots+1)*g.slotSize() }

// valueSize is the size of a list in bytes, a multiple of eight as in the kernel.
func (g geometry) valueSize() uint64 {
	n := uint64(listSlots) + uint64(g.slots+1)*uint64(g.slotSize()) + 4*uint64(g.buckets())
	return (n + 7) &^ 7
}

// maxValue is the largest list in bytes. The kernel takes no more than this much
// behind one pointer (BPF_MAX_VAR_OFF) in any version.
const maxValue = 1 << 28

// chainBound is how long a hash chain may get. With seeds that nobody knows it is
// out of reach; if it is reached all the same, the list takes no further address
// of that chain, and the packet is dropped, as xt_recent does without memory.
const chainBound = 64

// slot computes the address of a slot, whose number is in idx and is checked.
func (g geometry) slot(f *function, dst, idx, base asm.Register, broken label) {
	f.when(asm.JGT, idx, int32(g.slots), broken)
	f.add(asm.Mov.Reg(dst, idx), asm.Mul.Imm(dst, int32(g.slotSize())), asm.Add.Reg(dst, base), asm.Add.Imm(dst, listSlots))
}

// bucket computes the address of the head of a hash chain, whose number is in r.
func (g geometry) bucket(f *function, r, base asm.Register) {
	f.add(asm.And.Imm(r, int32(g.buckets()-1)), asm.LSh.Imm(r, 2), asm.Add.Reg(r, base), asm.Add.Imm(r, int32(g.bucketsAt())))
}
