package diag

// The codes of what a backend finds.
const (
	TooManyHits Code = "RC1301"
	Renamed     Code = "RC1302"
	NotStrict   Code = "RC1303"
	NotInNft    Code = "RC1304"
	TextChanged Code = "RC1305"
	Approximate Code = "RC1306"
	TooDeep     Code = "RC1307"
	Differs     Code = "RC1308"
	TooLarge    Code = "RC1309"
)

var backendCodes = []Explanation{
	{TooManyHits, "--hitcount is too large for an exact window",
		"An exact window keeps one set element for each counted packet of each address. Up to 1024 that is done; above, use --hitcount-mode meter, which is short and approximate.",
		"*filter\n-A INPUT -m recent --rcheck --seconds 60 --hitcount 2000 -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --rcheck --seconds 60 --hitcount 1000 -j DROP\nCOMMIT\n"},
	{Renamed, "renamed in the output",
		"nftables has reserved words and allows letters, digits and _ - . / in names. A chain or list whose name is not possible there is renamed; nothing else changes.",
		"*filter\n:limit - [0:0]\n-A INPUT -j limit\nCOMMIT\n", "*filter\n:rate - [0:0]\n-A INPUT -j rate\nCOMMIT\n"},
	{NotStrict, "not exact enough for --strict",
		"With --strict only recent matches that are exact, or exact within a stated bound, are accepted.",
		"", ""},
	{NotInNft, "nftables cannot express this",
		"There is no nftables rule that treats the same packets the same way. The rule is refused, because a near miss would change the firewall in silence.",
		"*filter\n-A INPUT -j LOG --log-prefix \"say \\\"hi\\\" \"\nCOMMIT\n", "*filter\n-A INPUT -j LOG --log-prefix \"say hi \"\nCOMMIT\n"},
	{TextChanged, "comment changed in the output",
		"nftables keeps 128 bytes of comment and has no way to write a double quote. The whole text stands in the source comment above the rule.",
		"*filter\n-A INPUT -m comment --comment \"the \\\"old\\\" host\" -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -m comment --comment \"the old host\" -j ACCEPT\nCOMMIT\n"},
	{Approximate, "recent match is approximate",
		"The translation of this match can differ from xt_recent in the way stated.",
		"*filter\n-A INPUT -m recent --set --name S\n-A INPUT -m recent --rcheck --seconds 60 --rttl --name S -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --set --name S\n-A INPUT -m recent --rcheck --seconds 60 --name S -j DROP\nCOMMIT\n"},
	{TooDeep, "chains nest too deeply",
		"The kernel allows 16 levels of jumps and gotos. A rule that ends in RETURN or -g behind a recent match that records needs one level more for the rest of its chain.",
		"", ""},
	{Differs, "translation differs in a corner",
		"nftables' form of this match or target treats some packets differently. The message says which.",
		"*mangle\n-A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 400\nCOMMIT\n", "*mangle\n-A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1400\nCOMMIT\n"},
	{TooLarge, "the output would be too large",
		"A few words of a rule can stand for very many rules: each value of --u32 with each value of the next, a text at each place of the packet, a slot for each hit of a list. The rules of one input may take 400,000 such tests. Nothing is written above that, because nft and the kernel could not load it.",
		"*filter\n-A INPUT -m u32 --u32 \"0=1,2,3,4,5,6,7,8,9,10&&4=1,2,3,4,5,6,7,8,9,10&&8=1,2,3,4,5,6,7,8,9,10&&12=1,2,3,4,5,6,7,8,9,10&&16=1,2,3,4,5,6,7,8,9,10&&20=1,2,3,4,5,6,7,8,9,10\" -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m u32 --u32 \"0=1:10&&4=1:10&&8=1:10&&12=1:10&&16=1:10&&20=1:10\" -j DROP\nCOMMIT\n"},
}
