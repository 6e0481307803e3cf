package grammar

import (
	"path"
	"slices"
	"strings"
)

// skippedCommands change something beside the rules, or nothing at all. They are
// skipped and count as done without an error.
var skippedCommands = map[string]bool{ // whether to note it
	"modprobe": true, "insmod": true, "rmmod": true, "depmod": true, "sysctl": true, "sleep": true,
	"conntrack": true, "logger": false, "sync": false, "clear": false, "reset": false, "tput": false, "cd": false, "umask": false,
	"ulimit": false, "shopt": false, "wait": false, "hash": false, "stty": false,
}

// printers only print. What they print is not known, nor what they return.
var printers = []string{
	"date", "hostname", "uname", "uptime", "id", "tty", "grep", "egrep", "wc", "head", "tail", "less", "more", "column", "nl", "sort",
}

// tools are programs that a host with iptables has.
var tools = []string{
	"iptables", "ip6tables", "iptables-restore", "ip6tables-restore", "iptables-save", "ip6tables-save", "iptables-legacy",
	"ip6tables-legacy", "modprobe", "sysctl", "ipset", "sh", "bash",
}

// skipped tells whether a command is passed over, and what to say of it.
func (s *shell) skipped(name string, args []argument) (kind string, ok bool) {
	words := texts(args[1:])
	switch {
	case (name == "service" || name == "rc-service") && len(words) == 2 && words[1] == "save" && isRuleService(words[0]),
		isRuleService(name) && len(words) == 1 && words[0] == "save":
		return name + " save", true
	}
	if changesNetwork(name, words) {
		return name, true
	}
	if name == "tee" && !slices.ContainsFunc(words, func(w string) bool { return !ofKernel(w) && w != "-a" && w != "/dev/null" }) {
		return "tee", true
	}
	note, ok := skippedCommands[name]
	if !ok {
		return "", false
	}
	if s.io.out != nil && name != "logger" {
		s.printUnknown(name)
	}
	if note {
		return name, true
	}
	return "", true
}

func isRuleService(name string) bool {
	return slices.Contains([]string{"iptables", "ip6tables", "netfilter-persistent", "iptables-persistent"}, name)
}

// printer passes over a command that only prints, where nobody needs what.
func (s *shell) printer(name string, args []argument) bool {
	switch {
	case name == "id" && len(args) == 2 && args[1].text == "-u":
		s.print("0\n")
	case name == "whoami" || name == "id" && len(args) == 2 && args[1].text == "-un":
		s.print("root\n")
	case !slices.Contains(printers, name):
		return false
	case s.io.in == nil && s.shown == 0 && slices.Index(printers, name) >= slices.Index(printers, "grep"):
		return false // it reads a file
	case s.tested > 0 && s.io.out == nil:
		s.notKnown(s.at, "what "+name+" finds is not known here", "Replace the test by what it is to give.")
		return true
	default:
		s.printUnknown(name)
	}
	if s.filesOnly(name, nil) {
		s.status = 0
	}
	return true
}

// which answers command -v, which and type: the tools of iptables are there,
// because the script is for a host that has them.
func (s *shell) which(args []argument) {
	for _, a := range args {
		if strings.HasPrefix(a.text, "-") {
			continue
		}
		if s.funcs[a.text] == nil && s.builtin(a.text) == nil && !slices.Contains(tools, path.Base(a.text)) {
			s.notKnown(a.at, "whether there is a program "+a.text+" is not known here", "Remove the test, or write what is to hold.")
			return
		}
		s.print(a.text + "\n")
	}
	s.status = 0
}
