package diag

// The codes of what the grammar and the rule set builder find.
const (
	Syntax          Code = "RC1001"
	OpenQuote       Code = "RC1002"
	OutsideTable    Code = "RC1003"
	NoCommit        Code = "RC1004"
	UnknownTable    Code = "RC1005"
	CarriageReturns Code = "RC1006"
	NoFinalNewline  Code = "RC1007"
	TableReplaced   Code = "RC1008"
	WrongFamily     Code = "RC1009"
	ShellSyntax     Code = "RC1010"
	NoSuchChain     Code = "RC1011"
	NoSuchRule      Code = "RC1012"
	BadPolicy       Code = "RC1013"
	NoSuchTarget    Code = "RC1014"
	ChainLoop       Code = "RC1015"
	ChainExists     Code = "RC1016"
	NotText         Code = "RC1017"
	NothingToDo     Code = "RC1018"
)

var inputCodes = []Explanation{
	{Syntax, "line not understood",
		"The line is neither a table, a chain, a rule, a comment nor COMMIT. iptables-restore would refuse the whole file here, so the host would start without these rules.",
		"*filter\nINPUT -p tcp -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n"},
	{OpenQuote, "quote is not closed",
		"Everything behind the quote, up to the end of the line, would become part of the quoted text.",
		"*filter\n-A INPUT -m comment --comment \"ssh -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -m comment --comment \"ssh\" -j ACCEPT\nCOMMIT\n"},
	{OutsideTable, "line stands outside a table",
		"In iptables-save's format every rule lies between a *table line and its COMMIT. iptables-restore refuses the file otherwise.",
		"*filter\nCOMMIT\n-A INPUT -j DROP\n", "*filter\n-A INPUT -j DROP\nCOMMIT\n"},
	{NoCommit, "table has no COMMIT",
		"Without COMMIT iptables-restore never loads the table: the file is refused, or the table silently stays as it was.",
		"*filter\n-A INPUT -j DROP\n*nat\nCOMMIT\n", "*filter\n-A INPUT -j DROP\nCOMMIT\n*nat\nCOMMIT\n"},
	{UnknownTable, "no such table",
		"iptables has the tables filter, nat, mangle, raw and security.",
		"*fliter\nCOMMIT\n", "*filter\nCOMMIT\n"},
	{CarriageReturns, "lines end in CR LF",
		"The file was saved on Windows. iptables-restore takes the carriage return for a part of the last word and refuses the file; recentc reads it without them. The host that is to be migrated cannot have loaded this very file.",
		"*filter\r\n-A INPUT -j DROP\r\nCOMMIT\r\n", "*filter\n-A INPUT -j DROP\nCOMMIT\n"},
	{NoFinalNewline, "last line has no line end",
		"iptables-restore compares the last line with \"COMMIT\" and a line end, and refuses the file where the line end is missing. recentc reads it as COMMIT.",
		"*filter\n-A INPUT -j DROP\nCOMMIT", "*filter\n-A INPUT -j DROP\nCOMMIT\n"},
	{TableReplaced, "table stands in the input twice",
		"iptables-restore empties a table when it comes to its section, so the later section replaces the earlier one and only the later one's rules are in force. recentc does the same.",
		"*filter\n-A INPUT -j DROP\nCOMMIT\n*filter\n-A INPUT -p tcp -j DROP\nCOMMIT\n", "*filter\n-A INPUT -j DROP\n-A INPUT -p tcp -j DROP\nCOMMIT\n"},
	{WrongFamily, "address family does not fit",
		"An IPv6 address never matches in an IPv4 table and the other way round; iptables refuses the rule. Give the right --family, or put the rule into the other file.",
		"*filter\n-A INPUT -s 10.0.0.1 -j DROP\n-A INPUT -s 2001:db8::1 -j DROP\nCOMMIT\n", "*filter\n-A INPUT -s 10.0.0.1 -j DROP\nCOMMIT\n"},
	{ShellSyntax, "shell syntax in a command line",
		"Lists of iptables commands are read literally: variables, pipes, substitutions and other commands are not run. What they would have done is unknown, so the line is refused.",
		"iptables -A INPUT -s $LAN -j ACCEPT\n", "iptables -A INPUT -s 192.168.0.0/24 -j ACCEPT\n"},
	{NoSuchChain, "no such chain",
		"The chain is neither built into the table nor created before this line. iptables refuses the rule.",
		"*filter\n-A SSH -j DROP\nCOMMIT\n", "*filter\n:SSH - [0:0]\n-A SSH -j DROP\nCOMMIT\n"},
	{NoSuchRule, "no such rule",
		"The rule that the command deletes, replaces or counts from is not there; iptables refuses the command.",
		"*filter\n-A INPUT -p tcp -j DROP\n-D INPUT -p udp -j DROP\nCOMMIT\n", "*filter\n-A INPUT -p tcp -j DROP\n-D INPUT -p tcp -j DROP\nCOMMIT\n"},
	{BadPolicy, "bad policy",
		"A policy is ACCEPT or DROP, and only a built-in chain has one.",
		"*filter\n:INPUT REJECT [0:0]\nCOMMIT\n", "*filter\n:INPUT DROP [0:0]\n-A INPUT -j REJECT\nCOMMIT\n"},
	{NoSuchTarget, "no such target or chain",
		"-j names neither a target that recentc knows nor a chain of this table. iptables refuses the file.",
		"*filter\n-A INPUT -j LOGDROP\nCOMMIT\n", "*filter\n:LOGDROP - [0:0]\n-A INPUT -j LOGDROP\n-A LOGDROP -j DROP\nCOMMIT\n"},
	{ChainLoop, "chains call each other in a circle",
		"The kernel refuses a table in which a chain can reach itself.",
		"*filter\n:A - [0:0]\n:B - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -j A\nCOMMIT\n", "*filter\n:A - [0:0]\n:B - [0:0]\n-A INPUT -j A\n-A A -j B\nCOMMIT\n"},
	{ChainExists, "chain exists already, or cannot be removed",
		"iptables refuses to create a chain twice, and to remove one that is built in, has rules or is still called.",
		"*filter\n:SSH - [0:0]\n-N SSH\nCOMMIT\n", "*filter\n-N SSH\nCOMMIT\n"},
	{NotText, "file is not text",
		"The file has bytes that no rule file has (a NUL byte). It may be compressed, or in UTF-16.",
		"*filter\x00\n", "*filter\nCOMMIT\n"},
	{NothingToDo, "no rules in the input",
		"The input has no table and no command. An empty firewall is hardly what was meant, so nothing is written.",
		"# nothing here\n", "*filter\nCOMMIT\n"},
}
