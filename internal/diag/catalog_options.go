package diag

// The codes of what the compiler finds in a rule's options.
const (
	UnknownOption   Code = "RC1101"
	AmbiguousOption Code = "RC1102"
	MissingValue    Code = "RC1103"
	ExtraWord       Code = "RC1104"
	OptionTwice     Code = "RC1105"
	NotNegatable    Code = "RC1106"
	BadValue        Code = "RC1107"
	UnknownMatch    Code = "RC1108"
	Unsupported     Code = "RC1109"
	MissingOption   Code = "RC1110"
	OptionConflict  Code = "RC1111"
	NeedsProtocol   Code = "RC1112"
	WrongPlace      Code = "RC1113"
	HostName        Code = "RC1114"
	NeverMatches    Code = "RC1115"
	TextCut         Code = "RC1116"
	OddValue        Code = "RC1117"
	KernelRefuses   Code = "RC1118"
	AttachedValue   Code = "RC1119"
	ReadAnyway      Code = "RC1120"
	TooManyPairs    Code = "RC1129"
)

var optionCodes = []Explanation{
	{UnknownOption, "unknown option",
		"No match or target of this rule has the option. Often the -m or -p that brings it stands behind it, or it is a typing error.",
		"*filter\n-A INPUT -m conntrack --cstate ESTABLISHED -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\nCOMMIT\n"},
	{AmbiguousOption, "option abbreviation is ambiguous",
		"iptables accepts the beginning of an option's name where only one option begins so.",
		"*filter\n-A INPUT -m recent --set --r -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent --set --rsource -j DROP\nCOMMIT\n"},
	{MissingValue, "option needs a value",
		"The option takes a value and the rule ends, or another option begins, in its place.",
		"*filter\n-A INPUT -p tcp --dport -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n"},
	{ExtraWord, "word belongs to no option",
		"iptables calls this a bad argument and refuses the rule. Often a value has a blank in it and lacks its quotes.",
		"*filter\n-A INPUT -m comment --comment ssh from lan -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -m comment --comment \"ssh from lan\" -j ACCEPT\nCOMMIT\n"},
	{OptionTwice, "option is given twice",
		"iptables takes an option once in a rule, or once in each -m of its match.",
		"*filter\n-A INPUT -p tcp --dport 22 --dport 23 -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -p tcp -m multiport --dports 22,23 -j ACCEPT\nCOMMIT\n"},
	{NotNegatable, "option cannot be negated",
		"The option has no meaning with \"!\"; iptables refuses the rule.",
		"*filter\n-A INPUT -m recent --rcheck ! --seconds 60 -j DROP\nCOMMIT\n", "*filter\n-A INPUT -m recent ! --rcheck --seconds 60 -j DROP\nCOMMIT\n"},
	{BadValue, "value is not valid",
		"The value is not of the kind that the option takes, or out of its range; iptables refuses the rule.",
		"*filter\n-A INPUT -p tcp --dport 70000 -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -p tcp --dport 7000 -j ACCEPT\nCOMMIT\n"},
	{UnknownMatch, "no such match",
		"-m names a match that iptables does not have.",
		"*filter\n-A INPUT -m resent --set\nCOMMIT\n", "*filter\n-A INPUT -m recent --set\nCOMMIT\n"},
	{Unsupported, "not translated yet",
		"recentc knows this match, target or option, and has no exact form for it. Leaving it out would change what the rule does, so there is no output. With --partial the rule is left behind as a comment, and recentc exits with 1.",
		"*filter\n-A INPUT -m string --algo bm --string x -j DROP\nCOMMIT\n", ""},
	{MissingOption, "option is missing",
		"The match or target does nothing without this option; iptables refuses the rule.",
		"*filter\n-A INPUT -m mark -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -m mark --mark 1 -j ACCEPT\nCOMMIT\n"},
	{OptionConflict, "options exclude each other",
		"The options cannot stand in one rule together; iptables refuses it.",
		"*filter\n-A INPUT -p tcp -m multiport --dports 22 --sports 22 -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -p tcp -m multiport --dports 22 -m multiport --sports 22 -j ACCEPT\nCOMMIT\n"},
	{NeedsProtocol, "protocol is missing",
		"The match or target works on packets of certain protocols and needs -p with one of them; iptables or the kernel refuses the rule.",
		"*filter\n-A INPUT -m multiport --dports 22,80 -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT\nCOMMIT\n"},
	{WrongPlace, "not possible in this table or chain",
		"The match or target is valid elsewhere only; the kernel refuses the table with \"Invalid argument\".",
		"*filter\n-A INPUT -j MASQUERADE\nCOMMIT\n", "*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n"},
	{HostName, "host name in place of an address",
		"iptables asks the resolver while it loads the rule, and the answer of that moment is what is in force. A translation must not depend on it.",
		"*filter\n-A INPUT -s gateway.example.org -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -s 192.0.2.1 -j ACCEPT\nCOMMIT\n"},
	{NeverMatches, "rule can never match",
		"The conditions exclude every packet. It did nothing before either, and it is kept.",
		"*filter\n-A INPUT ! -i + -j DROP\nCOMMIT\n", "*filter\n-A INPUT -i eth0 -j DROP\nCOMMIT\n"},
	{TextCut, "text is longer than iptables keeps",
		"iptables cuts the text in silence; the translation has what it keeps.",
		"*filter\n-A INPUT -j LOG --log-prefix \"a prefix that is longer than it may be \"\nCOMMIT\n", "*filter\n-A INPUT -j LOG --log-prefix \"short \"\nCOMMIT\n"},
	{OddValue, "value does something else than it seems to",
		"iptables takes the value, and the kernel does with it what was hardly meant. The message says what.",
		"*filter\n-A INPUT -m limit --limit 1/hour --limit-burst 50 -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -m limit --limit 1/hour --limit-burst 5 -j ACCEPT\nCOMMIT\n"},
	{KernelRefuses, "the kernel refuses this rule",
		"The kernel does not load a table with this rule in it, so there is no old behaviour to keep. Where the rule can mean one thing only it is translated as that, and the message says as what. Whether it is what you want is worth a look: nobody has ever seen the rule at work.",
		"*filter\n-A INPUT -m tcp --dport 22 -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n"},
	{AttachedValue, "value in the same word as its option",
		"iptables 1.8.9 takes the whole word for the value where -p, -s, -d, -i, -o or -j has it: it refuses the rule, or has a rule for an interface of that odd name, which never matches. Other versions, and recentc, read what was meant.",
		"*filter\n-A INPUT -ieth0 -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -i eth0 -j ACCEPT\nCOMMIT\n"},
	{ReadAnyway, "iptables refuses this, and it is read all the same",
		"Old versions of iptables took it, or there is only one thing that it can mean, such as a \"!\" behind the option instead of in front. iptables 1.8 refuses the line, so a file with it does not load there. recentc reads what is meant, and says so.",
		"*filter\n-A INPUT -p tcp --dport ! 22 -j DROP\nCOMMIT\n", "*filter\n-A INPUT -p tcp ! --dport 22 -j DROP\nCOMMIT\n"},
	{TooManyPairs, "lists of addresses stand for too many rules",
		"iptables makes a rule of each address of -s with each of -d, and each of these rules counts and keeps a state of its own. One input may make 32,768 rules more than it has lines that way. Sets of ipset hold as many addresses as are needed and take one rule.",
		"", ""},
}
