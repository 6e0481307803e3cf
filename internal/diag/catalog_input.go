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
	NotRun          Code = "RC1019"
	NotKnown        Code = "RC1020"
	ScriptError     Code = "RC1021"
	ScriptTooLong   Code = "RC1022"
	UnsetVariable   Code = "RC1023"
	NoArguments     Code = "RC1024"
	CommandFails    Code = "RC1025"
	Skipped         Code = "RC1026"
	OtherFamily     Code = "RC1027"
	MoreMessages    Code = "RC1040"
	Lost            Code = "RC1041"
)

var inputCodes = []Explanation{
	{Syntax, "line not understood",
		"The line is neither a table, a chain, a rule, a comment nor COMMIT. iptables-restore would refuse the whole file here, so the host would start without these rules.",
		"*filter\nINPUT -p tcp -j ACCEPT\nCOMMIT\n", "*filter\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n"},
	{OpenQuote, "quote is not closed",
		"Everything behind the quote, up to the end of the line, becomes part of the quoted text: iptables-restore loads such a rule, often without its target, and recentc reads it so with a warning. In a command line it is an error, as the shell would go on reading.",
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
		"Command lines behind a prompt, as manuals show them, are read literally: variables, pipes, substitutions and other commands are not run. What they would have done is unknown, so the line is refused. Without the prompts the lines are a shell script, in which variables have values.",
		"# iptables -A INPUT -s $LAN -j ACCEPT\n", "# iptables -A INPUT -s 192.168.0.0/24 -j ACCEPT\n"},
	{NoSuchChain, "no such chain",
		"The chain is neither built into the table nor created before this line. iptables refuses the rule.",
		"*filter\n-A SSH -j DROP\nCOMMIT\n", "*filter\n:SSH - [0:0]\n-A SSH -j DROP\nCOMMIT\n"},
	{NoSuchRule, "no such rule",
		"The rule that the command deletes, replaces or counts from is not there; iptables refuses the command.",
		"*filter\n-A INPUT -p tcp -j DROP\n-D INPUT -p udp -j DROP\nCOMMIT\n", "*filter\n-A INPUT -p tcp -j DROP\n-D INPUT -p tcp -j DROP\nCOMMIT\n"},
	{BadPolicy, "bad policy",
		"A policy is ACCEPT or DROP, and only a built-in chain has one; a chain line gives \"-\" for the others. iptables-nft-restore lets the \"-\" be left out, which is a warning.",
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
	{NotRun, "command of a script is not run",
		"A shell script is run inside recentc, without a process and without a file: only iptables commands, assignments and control flow act. Anything else is refused by its name, because what the rules would be without it is not known. If they do not depend on it, remove it; else run the script where it belongs, save the rules with iptables-save and give that file.",
		"#!/bin/sh\niptables -P INPUT DROP\nrm -f /tmp/firewall.lock\n", "#!/bin/sh\niptables -P INPUT DROP\n"},
	{NotKnown, "script asks for something that only the machine knows",
		"The script looks at a file, the environment, or the output of a command, and its rules would depend on the answer. recentc does not look at the machine it runs on: the same input gives the same output everywhere. The exceptions are said in the note RC1026.",
		"#!/bin/sh\nIP=$(hostname -I)\niptables -A INPUT -d $IP -j ACCEPT\n", "#!/bin/sh\nIP=192.0.2.1\niptables -A INPUT -d $IP -j ACCEPT\n"},
	{ScriptError, "shell error",
		"The text is not a shell script that a shell would run to its end: a quote or an if is not closed, a number is divided by zero, a variable is read-only. The shell gives up at this place, or does something else than was meant.",
		"#!/bin/sh\nif true; then\niptables -P INPUT DROP\n", "#!/bin/sh\nif true; then\niptables -P INPUT DROP\nfi\n"},
	{ScriptTooLong, "script is too long",
		"The script is larger, deeper or longer running than any firewall: a loop that does not end, a function that calls itself, a value that doubles at each turn.",
		"#!/bin/sh\nwhile true; do\n  iptables -P INPUT DROP\ndone\n", "#!/bin/sh\niptables -P INPUT DROP\n"},
	{UnsetVariable, "variable is not set",
		"The shell puts nothing in the place of a variable that has no value, without a word. A rule that loses its -s that way matches everybody. recentc does what the shell does, and warns; where the name of the command itself is lost, it is an error.",
		"#!/bin/sh\nLAN='-s 192.0.2.0/24'\niptables -A INPUT $LAM -j ACCEPT\n", "#!/bin/sh\nLAN='-s 192.0.2.0/24'\niptables -A INPUT $LAN -j ACCEPT\n"},
	{NoArguments, "script looks at its arguments and was given none",
		"A script that is called at boot often gets the word \"start\" or \"stop\". recentc runs it without arguments unless --script-args gives some, and without them it may load nothing, or other rules.",
		"#!/bin/sh\niptables -P INPUT DROP\nif [ \"$1\" = open ]; then iptables -P INPUT ACCEPT; fi\n", "#!/bin/sh\niptables -P INPUT DROP\n"},
	{CommandFails, "command of a script fails and the script goes on",
		"iptables refuses the command because of the rules that are there: it deletes what does not exist, or creates what does. It has no effect, and the shell goes on with the next line. recentc takes the rules to be empty when the script begins; on a host where they are not, such a command may act.",
		"#!/bin/sh\niptables -D INPUT -p tcp --dport 22 -j ACCEPT\niptables -P INPUT DROP\n", "#!/bin/sh\niptables -P INPUT DROP\n"},
	{Skipped, "parts of a script are skipped",
		"Kernel settings, modules, pauses and saved copies do not change the rules. They are passed over, count as done without an error, and are not part of the translation: what the firewall needs of them has to be set elsewhere, such as in /etc/sysctl.d. The tools of iptables, and files below /proc and /sys that the script tests for, are taken to be there.",
		"#!/bin/sh\nmodprobe nf_conntrack_ftp\niptables -P INPUT DROP\n", "#!/bin/sh\niptables -P INPUT DROP\n"},
	{OtherFamily, "rules of the other address family are left out",
		"Commands of ip6tables, and rules with -6, are for IPv6 alone; those of iptables, and rules with -4, for IPv4. Where only the other family is translated, by --family or by the tool that reads the rules, they are not in the output. The note has their number and the first of them. If there are no other rules, it is an error.",
		"#!/bin/sh\niptables-restore <<END\n*filter\n-A INPUT -6 -j DROP\n-A INPUT -j ACCEPT\nCOMMIT\nEND\n",
		"#!/bin/sh\niptables-restore <<END\n*filter\n-A INPUT -j ACCEPT\nCOMMIT\nEND\n"},
	{MoreMessages, "there are more messages",
		"At most 10,000 messages are shown, errors before warnings and warnings before notes. The last one says how many more there are. Put right what is shown, and run the command again.",
		"", ""},
	{Lost, "a rule is lost, by a fault of recentc",
		"In every run, recentc counts the rules of the input against those of the output. Each must be in the output, be an error or left out under --partial, be removed by a later command, or be said to be of the other address family. Here one was none of these. Nothing is written, and the exit code is 3. This is a fault of recentc: please report it with the line.",
		"", ""},
}
