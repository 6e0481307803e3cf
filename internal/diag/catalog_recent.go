package diag

// The codes of what the compiler finds in -m recent.
const (
	RecentNoOp        Code = "RC1201"
	RecentTwoOps      Code = "RC1202"
	RecentSetWindow   Code = "RC1203"
	RecentSetTTL      Code = "RC1204"
	RecentSetReap     Code = "RC1205"
	RecentReapAlone   Code = "RC1206"
	RecentSeconds     Code = "RC1207"
	RecentHitcount    Code = "RC1208"
	RecentName        Code = "RC1209"
	RecentNameCut     Code = "RC1210"
	RecentMask        Code = "RC1211"
	RecentOtherMask   Code = "RC1212"
	RecentWrap        Code = "RC1213"
	RecentBothSides   Code = "RC1214"
	RecentTwoFamilies Code = "RC1215"
)

var recentCodes = []Explanation{
	{RecentNoOp, "recent match does nothing",
		"One of --set, --rcheck, --update and --remove must be given: iptables refuses the rule.",
		"*filter\n-A INPUT -m recent --name SSH -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --name SSH --rcheck -j DROP\nCOMMIT\n"},
	{RecentTwoOps, "recent match does two things",
		"--set, --rcheck, --update and --remove exclude each other. Two operations need two -m recent, which act in the order written.",
		"*filter\n-A INPUT -m recent --set --rcheck -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --rcheck -m recent --set -j DROP\nCOMMIT\n"},
	{RecentSetWindow, "--seconds or --hitcount with --set or --remove",
		"The kernel refuses the table and says only \"Invalid argument\". --set records and --remove forgets, whatever was recorded before; a window and a count belong to --rcheck and --update.",
		"*filter\n-A INPUT -m recent --set --seconds 60 --hitcount 4 -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --set\n-A INPUT -m recent --rcheck --seconds 60 --hitcount 4 -j DROP\nCOMMIT\n"},
	{RecentSetTTL, "--rttl with --set or --remove",
		"--rttl compares with a recorded TTL, which only --rcheck and --update do; iptables refuses the rule.",
		"*filter\n-A INPUT -m recent --set --rttl\nCOMMIT\n", "*filter\n-A INPUT -m recent --set\nCOMMIT\n"},
	{RecentSetReap, "--reap with --set or --remove",
		"--reap goes with the --seconds of --rcheck or --update; the kernel refuses the table with \"Invalid argument\".",
		"*filter\n-A INPUT -m recent --set --reap --seconds 60\nCOMMIT\n", "*filter\n-A INPUT -m recent --set\nCOMMIT\n"},
	{RecentReapAlone, "--reap without --seconds",
		"--reap removes what is older than --seconds; iptables refuses it alone.",
		"*filter\n-A INPUT -m recent --rcheck --reap -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --rcheck --seconds 60 --reap -j DROP\nCOMMIT\n"},
	{RecentSeconds, "--seconds out of range",
		"--seconds takes 1 to 4294967295; iptables refuses 0 and what is larger.",
		"*filter\n-A INPUT -m recent --rcheck --seconds 0 -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --rcheck --seconds 60 -j DROP\nCOMMIT\n"},
	{RecentHitcount, "--hitcount is more than the kernel remembers",
		"The kernel keeps a bounded number of time stamps for an address and refuses a larger hitcount with \"Invalid argument\": ip_pkt_list_tot (20 unless set) up to Linux 3.18, 255 from 3.19, 65535 from 6.11. See --kernel and --ip-pkt-list-tot.",
		"*filter\n-A INPUT -m recent --rcheck --seconds 60 --hitcount 70000 -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --rcheck --seconds 60 --hitcount 20 -j DROP\nCOMMIT\n"},
	{RecentName, "list name is not valid",
		"The name becomes a file below /proc/net/xt_recent: it cannot be empty, \".\" or \"..\", nor have a slash. The kernel refuses the table with \"Invalid argument\".",
		"*filter\n-A INPUT -m recent --set --name ssh/22\nCOMMIT\n", "*filter\n-A INPUT -m recent --set --name ssh_22\nCOMMIT\n"},
	{RecentNameCut, "list name is longer than 199 bytes",
		"iptables cuts the name at 199 bytes in silence. Two names that differ only behind that are one list.",
		"*filter\n-A INPUT -m recent --set --name aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nCOMMIT\n", "*filter\n-A INPUT -m recent --set --name a\nCOMMIT\n"},
	{RecentMask, "--mask is an address, not a prefix length",
		"--mask 24 means the mask 0.0.0.24: all but two bits of the address are ignored and the list counts nearly everybody as one. recentc translates what stands there.",
		"*filter\n-A INPUT -m recent --set --mask 24\nCOMMIT\n", "*filter\n-A INPUT -m recent --set --mask 255.255.255.0\nCOMMIT\n"},
	{RecentOtherMask, "mask of this rule is ignored",
		"The first rule that is loaded fixes a list's mask; the kernel ignores a different one in every later rule. recentc does the same.",
		"*filter\n-A INPUT -m recent --set --mask 255.255.255.0\n-A INPUT -m recent --rcheck --seconds 60 -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --set --mask 255.255.255.0\n-A INPUT -m recent --rcheck --seconds 60 --mask 255.255.255.0 -j DROP\nCOMMIT\n"},
	{RecentWrap, "--seconds wraps in the kernel",
		"The kernel multiplies seconds by its clock rate in 32 bits. Above 4294967 seconds (49 days) the product can wrap, and the window is then much shorter than written: at 250 Hz --seconds 17179870 acts as 0.8 s. recentc translates what is written.",
		"*filter\n-A INPUT -m recent --rcheck --seconds 17179870 -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --rcheck --seconds 86400 -j DROP\nCOMMIT\n"},
	{RecentBothSides, "--rsource and --rdest together",
		"The last one wins.",
		"*filter\n-A INPUT -m recent --set --rsource --rdest\nCOMMIT\n", "*filter\n-A INPUT -m recent --set --rdest\nCOMMIT\n"},
	{RecentTwoFamilies, "list is shared by IPv4 and IPv6 with a mask",
		"xt_recent keeps one list for both families under a name, and the mask of the first rule loaded is applied to the addresses of both. Behind an IPv4 mask that is written, even 255.255.255.255, IPv6 addresses are cut to 32 bits. recentc gives each family its own mask.",
		"iptables -A INPUT -m recent --set --name SSH --mask 255.255.255.255\nip6tables -A INPUT -m recent --set --name SSH\n",
		"iptables -A INPUT -m recent --set --name SSH --mask 255.255.255.255\nip6tables -A INPUT -m recent --set --name SSH6\n"},
}
