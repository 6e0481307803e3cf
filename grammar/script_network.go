package grammar

import (
	"slices"
	"strings"
)

// networkChanges are the words by which tools of the network change something,
// which is never a rule of iptables. Where none of them stands the tool prints, and
// what it would print is not known.
var networkChanges = map[string][]string{
	"ip":     {"add", "append", "change", "replace", "prepend", "set", "del", "delete", "flush"},
	"tc":     {"add", "change", "replace", "del", "delete"},
	"route":  {"add", "del", "flush"},
	"bridge": {"add", "append", "replace", "set", "del"},
	"brctl":  {"addbr", "delbr", "addif", "delif", "setfd", "sethello", "setageing", "stp"},
}

// otherFilters have rules of their own, which stay as they are beside these.
var otherFilters = []string{"ebtables", "arptables", "ebtables-legacy", "arptables-legacy"}

// changesNetwork tells whether a command sets up devices, addresses, routes or
// queues, or filters what is no IP packet.
func changesNetwork(name string, words []string) bool {
	switch {
	case slices.Contains(otherFilters, name):
		return !slices.ContainsFunc(words, func(w string) bool { return w == "-L" || w == "--list" })
	case name == "ifup" || name == "ifdown":
		return len(words) > 0
	case name == "ifconfig": // DEVICE and nothing else shows the device
		return len(words) > 1
	case name == "ip" && runsElsewhere(words):
		return false
	}
	return slices.ContainsFunc(networkChanges[name], func(verb string) bool { return slices.Contains(words, verb) })
}

// runsElsewhere tells whether ip acts in another namespace, runs a command or
// reads its commands from a file.
func runsElsewhere(words []string) bool {
	for _, w := range words {
		switch {
		case w == "exec" || strings.HasPrefix(w, "-b") || strings.HasPrefix(w, "-n"):
			return true
		}
	}
	return false
}
