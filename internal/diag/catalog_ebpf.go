package diag

// The codes of what the eBPF backend finds.
const (
	NotInEBPF    Code = "RC1401"
	NotAtHook    Code = "RC1402"
	TooLargeEBPF Code = "RC1403"
	NotCalled    Code = "RC1404"
)

var ebpfCodes = []Explanation{
	{NotInEBPF, "not translated to eBPF",
		"A BPF program looks at a packet and accepts or drops it. It cannot change the packet or its connection, send an answer, or ask the kernel everything that iptables' matches ask. The nftables backend has what this one has not.",
		"*filter\n-A INPUT -p tcp --dport 23 -j REJECT\nCOMMIT\n", "*filter\n-A INPUT -p tcp --dport 23 -j DROP\nCOMMIT\n"},
	{NotAtHook, "not known where the programs are attached",
		"At xdp and tc a program sees packets before or behind the kernel's own work with them: no connection, and one device only. At a netfilter hook it sees what iptables sees.",
		"", ""},
	{TooLargeEBPF, "more than the kernel takes as BPF programs",
		"The kernel checks every program before it runs: at most 256 functions, calls 8 deep, and a list in one piece of memory. Rules beyond that are refused here and not when they are loaded.",
		"*filter\n:A - [0:0]\n:B - [0:0]\n:C - [0:0]\n:D - [0:0]\n:E - [0:0]\n:F - [0:0]\n:G - [0:0]\n:H - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -j C\n-A C -j D\n-A D -j E\n-A E -j F\n-A F -j G\n-A G -j H\n-A H -j DROP\nCOMMIT\n",
		"*filter\n:A - [0:0]\n:B - [0:0]\n:C - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -j C\n-A C -j DROP\nCOMMIT\n"},
	{NotCalled, "chains that nothing calls are left out",
		"No packet comes to a chain of your own that no chain with a hook calls, directly or through others. The BPF programs do not have its rules. nftables keeps such chains; it is the same for packets.",
		"*filter\n:OLD - [0:0]\n-A OLD -j DROP\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n"},
}
