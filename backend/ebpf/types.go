package ebpf

import (
	"fmt"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/btf"
)

// types are the types that the object's BTF names: those of its maps, so that
// the kernel knows where the locks are and tools can show the values, those of
// its functions, and what CO-RE looks up in the kernel.
type types struct {
	u8, u16, u32, u64, int *btf.Int
	lock, packet           *btf.Struct
	kernel                 map[string]*btf.Struct
	seen                   map[string]*btf.Struct
}

func newTypes() *types {
	t := &types{
		u8: &btf.Int{Name: "unsigned char", Size: 1}, u16: &btf.Int{Name: "unsigned short", Size: 2},
		u32: &btf.Int{Name: "unsigned int", Size: 4}, u64: &btf.Int{Name: "unsigned long long", Size: 8},
		int: &btf.Int{Name: "int", Size: 4, Encoding: btf.Signed}, seen: map[string]*btf.Struct{},
	}
	t.lock = t.layout("bpf_spin_lock", 4, member{"val", t.u32, 0})
	t.packet = t.packetType()
	t.kernel = t.kernelTypes()
	return t
}

// member is a member of a struct with its place in bytes.
type member struct {
	name string
	typ  btf.Type
	off  uint32
}

// layout makes a struct, or gives the one of the name that is there.
func (t *types) layout(name string, size uint32, members ...member) *btf.Struct {
	if s := t.seen[name]; s != nil {
		return s
	}
	s := &btf.Struct{Name: name, Size: size}
	for _, m := range members {
		s.Members = append(s.Members, btf.Member{Name: m.name, Type: m.typ, Offset: btf.Bits(m.off * 8)})
	}
	t.seen[name] = s
	return s
}

func (t *types) array(of btf.Type, n uint32) *btf.Array {
	return &btf.Array{Index: t.u32, Type: of, Nelems: n}
}

func (t *types) counter() *btf.Struct {
	return t.layout("counter", countersSize, member{"packets", t.u64, 0}, member{"bytes", t.u64, 8})
}

func (t *types) meter() *btf.Struct {
	return t.layout("meter", meterSize, member{"lock", t.lock, 0}, member{"ready", t.u32, meterReady},
		member{"value", t.u64, meterValue}, member{"before", t.u64, meterBefore})
}

func (t *types) list(g geometry) *btf.Struct {
	slot := t.layout(fmt.Sprintf("slot_%d", g.stamps), g.slotSize(),
		member{"addr", t.array(t.u8, 16), slotAddr}, member{"next", t.u32, slotNext}, member{"prev", t.u32, slotPrev},
		member{"hnext", t.u32, slotHNext}, member{"hprev", t.u32, slotHPrev}, member{"bucket", t.u32, slotBucket},
		member{"index", t.u16, slotIndex}, member{"nstamps", t.u16, slotNStamps}, member{"family", t.u8, slotFamily},
		member{"ttl", t.u8, slotTTL}, member{"stamps", t.array(t.u64, g.stamps), slotStamps})
	var lock btf.Type = t.lock
	if g.word {
		lock = t.u32
	}
	return t.layout(fmt.Sprintf("list_%d_%d", g.slots, g.stamps), uint32(g.valueSize()),
		member{"lock", lock, listLock}, member{"free", t.u32, listFree}, member{"used", t.u32, listUsed},
		member{"count", t.u32, listCount}, member{"full", t.u64, listFull}, member{"seeded", t.u32, listSeeded},
		member{"seed", t.array(t.u64, seeds), listSeed}, member{"slot", t.array(slot, g.slots+1), listSlots},
		member{"head", t.array(t.u32, g.buckets()), g.bucketsAt()})
}

// approxKey and approx are the key and the value of an LRU map of lists.
func (t *types) approxKey() *btf.Struct {
	return t.layout("approx_key", approxKeySize, member{"list", t.u32, 0}, member{"family", t.u32, 4}, member{"addr", t.array(t.u8, 16), 8})
}

func (t *types) approx(g geometry) *btf.Struct {
	return t.layout(fmt.Sprintf("approx_%d", g.stamps), g.approxSize(), member{"count", t.u32, approxCount}, member{"ttl", t.u8, approxTTL},
		member{"stamps", t.array(t.u64, g.stamps), approxStamps})
}

// packetType is what programs know of a packet; events have it too.
func (t *types) packetType() *btf.Struct {
	sizes := map[asm.Size]btf.Type{asm.Byte: t.u8, asm.Half: t.u16, asm.Word: t.u32, asm.DWord: t.u64}
	var members []member
	for _, f := range packetFields {
		typ := sizes[f.size]
		if f.count > 1 {
			typ = t.array(t.u8, uint32(f.count*f.size.Sizeof()))
		}
		members = append(members, member{f.name, typ, uint32(f.off)})
	}
	return t.layout("packet", packetSize, members...)
}

// kernelTypes are the kernel's structures with the fields that programs read, in
// the order that the access strings of kernel_fields.go count. Only their names
// matter; places and sizes are the kernel's.
func (t *types) kernelTypes() map[string]*btf.Struct {
	pointer := &btf.Pointer{Target: &btf.Void{}}
	net := t.layout("possible_net", 8, member{"net", pointer, 0})
	common := t.layout("sock_common", 8, member{"skc_net", net, 0})
	return map[string]*btf.Struct{
		"sk_buff": t.layout("sk_buff", 64, member{"len", t.u32, 0}, member{"mark", t.u32, 4}, member{"_nfct", t.u64, 8}, member{"sk", pointer, 16},
			member{"dev", pointer, 24}, member{"head", pointer, 32}, member{"data", pointer, 40}, member{"mac_header", t.u16, 48},
			member{"tail", t.u32, 52}),
		"nf_hook_state": t.layout("nf_hook_state", 24, member{"in", pointer, 0}, member{"out", pointer, 8}, member{"net", pointer, 16}),
		"net_device":    t.layout("net_device", 24, member{"name", t.array(&btf.Int{Name: "char", Size: 1, Encoding: btf.Signed}, 16), 0}, member{"type", t.u16, 16}),
		"sock":          t.layout("sock", 8, member{"__sk_common", common, 0}),
		"iphdr":         t.layout("iphdr", 20),
		"ipv6hdr":       t.layout("ipv6hdr", 40),
		"tcphdr":        t.layout("tcphdr", 20),
	}
}

// function is the type of a function; programs get their context.
func (t *types) function(f *function) *btf.Func {
	proto := &btf.FuncProto{Return: t.int}
	for _, name := range f.params {
		proto.Params = append(proto.Params, btf.FuncParam{Name: name, Type: t.param(name)})
	}
	return &btf.Func{Name: f.name, Type: proto, Linkage: btf.GlobalFunc}
}

func (t *types) param(name string) btf.Type {
	switch name {
	case "packet":
		return &btf.Pointer{Target: t.packet}
	case "bpf_nf_ctx", "xdp_md", "__sk_buff":
		return &btf.Pointer{Target: t.layout(name, 0)}
	case "now":
		return t.u64
	}
	return t.u32
}

// kfunc is the type of one of the kernel's functions, as far as loaders compare it.
func (t *types) kfunc(name string) *btf.Func {
	pointer := func(s string) btf.Type { return &btf.Pointer{Target: t.layout(s, 0)} }
	void := &btf.Pointer{Target: &btf.Void{}}
	protos := map[string]*btf.FuncProto{
		kfuncFromSkb:   {Return: t.int, Params: []btf.FuncParam{{Name: "s", Type: pointer("__sk_buff")}, {Name: "flags", Type: t.u64}, {Name: "ptr", Type: pointer("bpf_dynptr")}}},
		kfuncFromXDP:   {Return: t.int, Params: []btf.FuncParam{{Name: "x", Type: pointer("xdp_md")}, {Name: "flags", Type: t.u64}, {Name: "ptr", Type: pointer("bpf_dynptr")}}},
		kfuncCast:      {Return: void, Params: []btf.FuncParam{{Name: "obj", Type: void}, {Name: "btf_id", Type: t.u32}}},
		kfuncSlice:     {Return: void, Params: []btf.FuncParam{{Name: "p", Type: pointer("bpf_dynptr")}, {Name: "offset", Type: t.u32}, {Name: "buffer", Type: void}, {Name: "size", Type: t.u32}}},
		kfuncCountNew:  {Return: t.int, Params: []btf.FuncParam{{Name: "it", Type: pointer("bpf_iter_num")}, {Name: "start", Type: t.int}, {Name: "end", Type: t.int}}},
		kfuncCountNext: {Return: &btf.Pointer{Target: t.int}, Params: []btf.FuncParam{{Name: "it", Type: pointer("bpf_iter_num")}}},
		kfuncCountEnd:  {Return: &btf.Void{}, Params: []btf.FuncParam{{Name: "it", Type: pointer("bpf_iter_num")}}},
	}
	return &btf.Func{Name: name, Type: protos[name], Linkage: btf.ExternFunc}
}

// definition is a map as BTF describes it: a struct whose members' types carry
// the numbers.
func (t *types) definition(m mapDef) *btf.Struct {
	number := func(n uint32) btf.Type { return &btf.Pointer{Target: t.array(t.int, n)} }
	s := &btf.Struct{}
	add := func(name string, typ btf.Type) {
		s.Members = append(s.Members, btf.Member{Name: name, Type: typ, Offset: btf.Bits(s.Size * 8)})
		s.Size += 8
	}
	add("type", number(uint32(m.kind)))
	if m.kind != ebpf.RingBuf {
		add("key", &btf.Pointer{Target: m.key})
		add("value", &btf.Pointer{Target: m.value})
	}
	add("max_entries", number(m.entries))
	return s
}
