package ebpf

import "github.com/cilium/ebpf/asm"

// kernelField is a field of one of the kernel's structures, by name: where it is
// differs between kernels, and the loader looks it up in the kernel's own BTF.
type kernelField struct {
	structure, path string
	// access is the path as CO-RE writes it, through the structures in kernelTypes.
	access string
	// off is its place in kernelTypes, which an instruction has until the kernel's
	// is known.
	off  int16
	size asm.Size
}

var (
	skbLen       = &kernelField{"sk_buff", "len", "0:0", 0, asm.Word}
	skbMark      = &kernelField{"sk_buff", "mark", "0:1", 4, asm.Word}
	skbConn      = &kernelField{"sk_buff", "_nfct", "0:2", 8, asm.DWord}
	skbSock      = &kernelField{"sk_buff", "sk", "0:3", 16, asm.DWord}
	skbDev       = &kernelField{"sk_buff", "dev", "0:4", 24, asm.DWord}
	skbHead      = &kernelField{"sk_buff", "head", "0:5", 32, asm.DWord}
	skbData      = &kernelField{"sk_buff", "data", "0:6", 40, asm.DWord}
	skbMACHeader = &kernelField{"sk_buff", "mac_header", "0:7", 48, asm.Half}
	skbTail      = &kernelField{"sk_buff", "tail", "0:8", 52, asm.Word}
	stateIn      = &kernelField{"nf_hook_state", "in", "0:0", 0, asm.DWord}
	stateOut     = &kernelField{"nf_hook_state", "out", "0:1", 8, asm.DWord}
	stateNet     = &kernelField{"nf_hook_state", "net", "0:2", 16, asm.DWord}
	devName      = &kernelField{"net_device", "name", "0:0", 0, asm.DWord}
	devName8     = &kernelField{"net_device", "name[8]", "0:0:8", 8, asm.DWord}
	devType      = &kernelField{"net_device", "type", "0:1", 16, asm.Half}
	sockNet      = &kernelField{"sock", "__sk_common.skc_net.net", "0:0:0:0", 0, asm.DWord}
)
