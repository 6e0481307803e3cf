package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The shell scripts and ipset files that are made to take time and memory. Each is of a
// kind; how long it is can be chosen, so that the same kinds are tried short in each run
// of the tests and as long as an input may be where RECENTC_BOUNDS is set.

// hostileInput is a kind of input.
type hostileInput struct {
	name string
	// text makes an input of at most about n bytes.
	text func(n int) string
}

// fill repeats what each gives until there are n bytes.
func fill(n int, each func(i int) string) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(each(i))
	}
	return b.String()
}

// copies repeats a text until there are n bytes.
func copies(n int, text string) string { return strings.Repeat(text, max(1, n/len(text))) }

// nested puts one text n/2 times in front, and one behind.
func nested(n int, open, inner, end string) string {
	depth := max(1, n/(len(open)+len(end)))
	return strings.Repeat(open, depth) + inner + strings.Repeat(end, depth)
}

const (
	lastRule = "\niptables -A INPUT -j DROP\n"
	value    = `x=aaaaaaaaaaaaaaaa; for i in 1 2 3 4 5 6 7 8 9 10 11; do x=$x$x; done; `
)

var hostileScripts = []hostileInput{
	{"set doubles", func(n int) string { return "set -- a b\n" + copies(n, "set -- \"$@\" \"$@\"\n") + lastRule }},
	{"set doubles empty words", func(n int) string { return "set -- '' ''\n" + copies(n, "set -- \"$@\" \"$@\"\n") + lastRule }},
	{"variable doubles", func(n int) string { return "x=a\n" + copies(n, "x=$x$x\n") + lastRule }},
	{"variable doubles in a loop", func(int) string { return "x=a; while :; do x=\"$x$x\"; done" + lastRule }},
	{"variable doubles by +=", func(n int) string { return "x=a\n" + copies(n, "x+=$x\n") + lastRule }},
	{"array doubles", func(n int) string { return "x=(a b)\n" + copies(n, "x=(\"${x[@]}\" \"${x[@]}\")\n") + lastRule }},
	{"array appends to itself", func(n int) string { return "x=(a b)\n" + copies(n, "x+=(\"${x[@]}\")\n") + lastRule }},
	{"array grows by one", func(int) string { return "x=(); while :; do x+=(a); done" + lastRule }},
	{"array by index", func(int) string { return "for ((i=0;;i++)); do x[i]=$i; done" + lastRule }},
	{"associative array grows", func(int) string { return "declare -A x; for ((i=0;;i++)); do x[$i]=$i; done" + lastRule }},
	{"array is read whole", func(int) string { return "x=({1..9000}); while :; do y=${x[5]}; done" + lastRule }},
	{"many arrays", func(int) string {
		return value + "for i in {1..9000}; do read -r \"x$i\" <<<\"$x$i\"; done" + lastRule
	}},
	{"recursion", func(int) string { return "f() { f; }\nf" + lastRule }},
	{"recursion doubles", func(int) string { return "f() { f \"$@\" \"$@\"; }\nf a b" + lastRule }},
	{"recursion forks", func(int) string { return "f() { f $1; f $1; }\nf a" + lastRule }},
	{"recursion in a substitution", func(int) string { return "f() { echo $(f)$(f); }\nx=$(f)" + lastRule }},
	{"recursion holds words", func(int) string {
		return value + "y=${x//aa/a }\nf() { set -- $y $y; f $y; }\nf" + lastRule
	}},
	{"recursion holds an expansion", func(int) string {
		return value + "f() { echo \"$x$x$x$x$(f)\"; }\nz=$(f)" + lastRule
	}},
	{"recursion with locals", func(n int) string {
		return "f() { local" + fill(n, func(i int) string { return fmt.Sprintf(" v%d=1", i) }) + "; f; }\nf" + lastRule
	}},
	{"locals", func(n int) string {
		return "f() { local" + fill(n, func(i int) string { return fmt.Sprintf(" v%d=1", i) }) + "; :; }\nwhile :; do f; done" + lastRule
	}},
	{"variables and subshells", func(n int) string {
		return fill(n, func(i int) string { return fmt.Sprintf("v%d=1\n", i) }) + "while :; do (:); done" + lastRule
	}},
	{"variables and nested subshells", func(n int) string {
		return fill(n/2, func(i int) string { return fmt.Sprintf("v%d=1\n", i) }) + nested(900, "(", ":", ")") + lastRule
	}},
	{"functions and substitutions", func(n int) string {
		return fill(n, func(i int) string { return fmt.Sprintf("f%d() { :; }\n", i) }) + "while :; do x=$(:); done" + lastRule
	}},
	{"names by their beginning", func(n int) string {
		return fill(n, func(i int) string { return fmt.Sprintf("v%d=1\n", i) }) + "while :; do x=${!v*}; done" + lastRule
	}},
	{"case with stars", func(n int) string {
		return value + "while :; do case $x in " + copies(n, "*a") + "b) ;; esac; done" + lastRule
	}},
	{"case with many patterns", func(n int) string {
		return "while :; do case $x in " + fill(n, func(i int) string { return fmt.Sprintf("a%d*|", i) }) + "b) ;; esac; done" + lastRule
	}},
	{"case with a long pattern from a variable", func(int) string {
		return value + "y=${x//a/?}; while :; do case $x in *$y*b) ;; esac; done" + lastRule
	}},
	{"case with brackets", func(n int) string {
		return value + "case $x in " + copies(n, "[a-z]*") + "b) ;; esac" + lastRule
	}},
	{"prefix with stars", func(n int) string { return value + "while :; do y=${x##" + copies(n, "*a") + "b}; done" + lastRule }},
	{"suffix from a variable", func(int) string { return value + "while :; do y=${x%%*$x}; done" + lastRule }},
	{"prefix of all parameters", func(int) string {
		return "set -- {1..16000}; while :; do y=${@#*1}; done" + lastRule
	}},
	{"replacement grows", func(n int) string {
		return "x=aaaaaaaa\n" + copies(n, "x=${x//a/aaaa}\n") + lastRule
	}},
	{"replacement by a long value", func(int) string { return value + "y=${x//a/$x}" + lastRule }},
	{"replacement by an indirect value", func(int) string { return value + "r=x; y=${x//a/${!r}}" + lastRule }},
	{"replacement within a replacement", func(int) string {
		return value + "z=${x:0:2000}; y=${z//a/${z//a/$z}}" + lastRule
	}},
	{"replacement by a command", func(int) string { return value + "y=${x//a/$(echo $x)}" + lastRule }},
	{"replacement by what is set in the word", func(int) string { return value + "y=${q:=$x}${x//a/$q}" + lastRule }},
	{"replacement in all parameters", func(int) string {
		return "set -- {1..16000}; while :; do y=${@//1/2}; done" + lastRule
	}},
	{"upper case", func(int) string { return value + "while :; do y=${x^^}; done" + lastRule }},
	{"regular expression", func(int) string { return value + "[[ $x =~ ((a{1,30}){1,30}){1,1000}b ]]" + lastRule }},
	{"regular expression in a loop", func(n int) string {
		return value + "while :; do [[ $x =~ a{1,900}" + copies(min(n, 4000), "a?") + " ]]; done" + lastRule
	}},
	{"long regular expression", func(n int) string { return value + "[[ $x =~ " + copies(n, "(a|b)*") + " ]]" + lastRule }},
	{"and", func(n int) string { return copies(n, ": && ") + ":" + lastRule }},
	{"or", func(n int) string { return copies(n, "false || ") + ":" + lastRule }},
	{"pipe", func(n int) string { return copies(n, ":|") + ":" + lastRule }},
	{"and in a test", func(n int) string { return "[[ " + copies(n, "a && ") + "a ]]" + lastRule }},
	{"not in a test", func(n int) string { return "[[ " + copies(n, "! ") + "a ]]" + lastRule }},
	{"parentheses in a test", func(n int) string { return "[[ " + nested(n, "( ", "a", " )") + " ]]" + lastRule }},
	{"not", func(n int) string { return "x=$((" + copies(n, "!") + "1))" + lastRule }},
	{"complement", func(n int) string { return "x=$((" + copies(n, "~") + "1))" + lastRule }},
	{"minus", func(n int) string { return "x=$((" + copies(n, "- ") + "1))" + lastRule }},
	{"sum", func(n int) string { return "x=$((" + copies(n, "1+") + "1))" + lastRule }},
	{"power", func(n int) string { return "x=$((" + copies(n, "2**") + "1))" + lastRule }},
	{"assignments", func(n int) string { return "x=$((" + copies(n, "x=") + "1))" + lastRule }},
	{"choices", func(n int) string { return "x=$((" + copies(n, "1?1:") + "1))" + lastRule }},
	{"parentheses in arithmetic", func(n int) string { return "x=$((" + nested(n, "(", "1", ")") + "))" + lastRule }},
	{"arithmetic in arithmetic", func(n int) string { return "x=" + nested(n, "$((", "1", "))") + lastRule }},
	{"forty arithmetics", func(int) string { return "x=" + nested(200, "$((", "1", "))") + lastRule }},
	{"long arithmetic in a loop", func(n int) string {
		return "for ((;;" + copies(min(n, 3000), "1+") + "1)); do :; done" + lastRule
	}},
	{"subshells", func(n int) string { return nested(n, "(", ":", ")") + lastRule }},
	{"braces around commands", func(n int) string { return nested(n, "{ ", ":", "; }") + lastRule }},
	{"substitutions", func(n int) string { return nested(n, "$(", ":", ")") + lastRule }},
	{"quoted substitutions", func(n int) string { return "x=" + nested(n, "\"$(echo ", "a", ")\"") + lastRule }},
	{"defaults", func(n int) string { return "x=" + nested(n, "${a:-", "1", "}") + lastRule }},
	{"quoted defaults", func(n int) string { return "x=" + nested(n, "\"${a:-", "1", "}\"") + lastRule }},
	{"if", func(n int) string { return nested(n, "if :; then ", ":", "; fi") + lastRule }},
	{"if in the condition", func(n int) string { return nested(n, "if ", ":", "; then :; fi") + lastRule }},
	{"elif", func(n int) string { return "if false; then :\n" + copies(n, "elif false; then :\n") + "fi" + lastRule }},
	{"while", func(n int) string { return nested(n, "while :; do ", "break 9", "; done") + lastRule }},
	{"case in case", func(n int) string { return nested(n, "case a in a) ", ":", ";; esac") + lastRule }},
	{"functions in functions", func(n int) string { return nested(n, "f() { ", ":", "; }") + lastRule }},
	{"open brackets", func(n int) string { return copies(n, "(") + lastRule }},
	{"open substitutions", func(n int) string { return copies(n, "$(") + lastRule }},
	{"open backquotes", func(n int) string { return copies(n, "`\\") + lastRule }},
	{"open braces", func(n int) string { return copies(n, "${a:-") + lastRule }},
	{"index in index", func(n int) string { return "x=" + nested(n, "${a[", "0", "]}") + lastRule }},
	{"here-documents at once", func(n int) string {
		k := n / 24
		return ": " + fill(12*k, func(i int) string { return fmt.Sprintf("<<E%07d ", i%1000) }) + "\n" + lastRule
	}},
	{"here-document in a loop", func(n int) string {
		return "while :; do read x <<E\n" + copies(n, "a$y ") + "\nE\ndone" + lastRule
	}},
	{"here-document in a recursion", func(n int) string {
		return "f() { f; } <<E\n" + copies(n, "a$1 ") + "\nE\nf" + lastRule
	}},
	{"continued lines that are read", func(n int) string {
		return "while read x; do :; done <<'E'\n" + copies(n, "a\\\n") + "\nE" + lastRule
	}},
	{"lines that are read", func(n int) string {
		return "while read x y; do iptables -A INPUT -s $x -j DROP; done <<E\n" + fill(n, func(i int) string {
			return fmt.Sprintf("10.%d.%d.%d b\n", i>>16&255, i>>8&255, i&255)
		}) + "\nE" + lastRule
	}},
	{"range of words", func(int) string { return "for i in {1..1000000000}; do :; done" + lastRule }},
	{"braces multiply", func(n int) string { return "echo " + copies(n, "{a,b}") + lastRule }},
	{"braces in braces", func(n int) string { return "echo " + nested(n, "{a,", "b", "}") + lastRule }},
	{"braces with a long rest", func(n int) string { return "echo {1..16000}" + copies(n, "$x") + lastRule }},
	{"braces in a loop", func(int) string { return "while :; do for i in {1..16000}; do break; done; done" + lastRule }},
	{"wide printf", func(int) string { return "x=$(printf '%1000000000s' a)" + lastRule }},
	{"many wide printf", func(n int) string { return "x=$(printf '" + copies(n, "%999999s") + "' a)" + lastRule }},
	{"printf of many words", func(int) string { return "while :; do printf '%s' {1..16000}; done" + lastRule }},
	{"seq", func(int) string { return "for i in $(seq 1 1000000000); do :; done" + lastRule }},
	{"seq that is not seen", func(int) string { return "seq 1 9223372036854775807" + lastRule }},
	{"list of words", func(n int) string { return "for i in " + copies(n, "a ") + "; do :; done" + lastRule }},
	{"list of words in a loop", func(n int) string {
		return "while :; do for i in " + copies(n, "a ") + "; do break; done; done" + lastRule
	}},
	{"long test", func(n int) string { return "[ " + copies(n, "a -o ") + "a ]" + lastRule }},
	{"test in brackets", func(n int) string { return "[ " + nested(n, "\\( ", "a", " \\)") + " ]" + lastRule }},
	{"test by a variable", func(int) string {
		return "x='! ! ! ! ! ! ! !'; x=\"$x $x $x $x\"; x=\"$x $x $x $x\"; while :; do [ $x a ]; done" + lastRule
	}},
	{"sudo", func(n int) string { return copies(n, "sudo ") + "iptables -A INPUT -j DROP" + lastRule }},
	{"rules in a loop", func(int) string { return "while :; do iptables -A INPUT -s 10.0.0.1 -j DROP; done" + lastRule }},
	{"long rules in a loop", func(n int) string {
		return "while :; do iptables -A INPUT" + copies(n, " -m comment --comment $a") + " -j DROP; done" + lastRule
	}},
	{"long comments in a loop", func(n int) string {
		return "while :; do iptables -A INPUT -j DROP " + copies(n/2, " ") + "# " + copies(n/2, "a") + "\ndone" + lastRule
	}},
	{"rules in one line", func(n int) string { return copies(n, "iptables -A INPUT -j DROP;") + lastRule }},
	{"wrong rules", func(n int) string { return copies(n, "iptables -A INPUT --bogus\n") + lastRule }},
	{"wrong rules in a loop", func(int) string { return value + "for ((;;i++)); do iptables -A INPUT --bogus $x$i; done" + lastRule }},
	{"rules that fail", func(int) string {
		return value + "for ((;;i++)); do iptables -D INPUT -s 10.0.0.1 -j x$i; done" + lastRule
	}},
	{"warnings in one line", func(n int) string {
		return fill(n, func(i int) string { return fmt.Sprintf("iptables -A INPUT $v%d -j DROP;", i) }) + lastRule
	}},
	{"notes", func(n int) string { return copies(n, "sleep 1\n") + lastRule }},
	{"notes in one line", func(n int) string { return copies(n, "sleep 1;") + lastRule }},
	{"notes of many kinds", func(n int) string {
		return fill(n, func(i int) string { return fmt.Sprintf("[ -e /proc/%d ]\n", i) }) + lastRule
	}},
	{"rules are checked", func(int) string {
		return "for ((i=0;;i++)); do iptables -C INPUT -m mark --mark $i -j DROP || iptables -A INPUT -m mark --mark $i -j DROP; done" + lastRule
	}},
	{"rules are inserted", func(int) string {
		return "for ((i=0;;i++)); do iptables -I INPUT -m mark --mark $i -j DROP; done" + lastRule
	}},
	{"rules are inserted and deleted", func(int) string {
		return "for ((i=0;i<20000;i++)); do iptables -I INPUT -m mark --mark $i -j DROP; done; while :; do iptables -D INPUT -m mark --mark 0 -j DROP; iptables -A INPUT -m mark --mark 0 -j DROP; done" + lastRule
	}},
	{"chains are flushed", func(int) string {
		return "for ((i=0;;i++)); do iptables -N C$i; iptables -A C$i -j DROP; iptables -F; done" + lastRule
	}},
	{"chains are zeroed", func(int) string { return "for ((i=0;;i++)); do iptables -N C$i; iptables -Z; done" + lastRule }},
	{"chains are renamed", func(int) string {
		return "iptables -N C0; for ((i=0;;i++)); do iptables -A INPUT -j C$i; iptables -E C$i C$((i+1)); done" + lastRule
	}},
	{"chains are deleted", func(int) string {
		return "for ((i=0;;i++)); do iptables -N C$i; iptables -X C0; iptables -N C0; done" + lastRule
	}},
	{"iptables-restore in a loop", func(n int) string {
		return "while :; do iptables-restore -n <<E\n*filter\n" + copies(n, "-A INPUT -j DROP\n") + "COMMIT\nE\ndone" + lastRule
	}},
	{"comments to iptables-restore in a loop", func(n int) string {
		return "while :; do iptables-restore -n <<E\n*filter\n" + copies(n, "#\n") + "COMMIT\nE\ndone" + lastRule
	}},
	{"a net in a set, in a loop", func(int) string {
		return "ipset create s hash:ip maxelem 4294967295\nfor i in {1..255}; do ipset add s $i.0.0.0/16; done\niptables -A INPUT -m set --match-set s src -j DROP\n"
	}},
	{"a net in a set, flushed in a loop", func(int) string {
		return "ipset create s hash:ip maxelem 4294967295\nwhile :; do ipset add s 10.0.0.0/16; ipset flush s; done\niptables -A INPUT -m set --match-set s src -j DROP\n"
	}},
	{"a net in a set, deleted in a loop", func(int) string {
		return "ipset create s hash:ip maxelem 4294967295\nwhile :; do ipset add s 10.0.0.0/20; ipset del s 10.0.0.0/20; done\niptables -A INPUT -m set --match-set s src -j DROP\n"
	}},
	{"sets in a loop", func(int) string {
		return "for ((i=0;;i++)); do ipset create s$i hash:ip; ipset destroy x; done" + lastRule
	}},
	{"sets are swapped in a loop", func(int) string {
		return "ipset create a hash:ip; ipset create b hash:ip; while :; do ipset swap a b; done" + lastRule
	}},
	{"lists of sets in a loop", func(int) string {
		return "ipset create l list:set; for ((i=0;;i++)); do ipset create s$i hash:ip; ipset add l s$i; ipset rename s$i t$i; done" + lastRule
	}},
	{"members are moved in a loop", func(int) string {
		return "ipset create l list:set; for ((i=0;;i++)); do ipset create s$i hash:ip; ipset add l s$i before s0; done" + lastRule
	}},
	{"sets are tested in a loop", func(int) string {
		return "ipset create s hash:ip maxelem 4294967295; while :; do ipset test s 10.0.0.0/16; done" + lastRule
	}},
	{"rules of a set, which is destroyed in a loop", func(int) string {
		return "ipset create s hash:ip; for ((i=0;i<9000;i++)); do iptables -A INPUT -m mark --mark $i -j DROP; done; iptables -A INPUT -m set --match-set s src -j DROP; while :; do ipset destroy s; done" + lastRule
	}},
	{"ipset restore in a loop", func(n int) string {
		return "ipset create s hash:ip; while :; do ipset -exist restore <<E\n" + copies(n, "add s 10.0.0.1\n") + "E\ndone" + lastRule
	}},
}

// addresses are lines of entries, each another.
func addresses(n int, format string) string {
	return fill(n, func(i int) string { return fmt.Sprintf(format, i>>16&255, i>>8&255, i&255) })
}

const widest = " maxelem 4294967295\n"

var hostileSets = []hostileInput{
	{"addresses", func(n int) string { return "create s hash:ip" + widest + addresses(n, "add s 10.%d.%d.%d\n") }},
	{"nets of addresses", func(n int) string { return "create s hash:ip" + widest + addresses(n, "add s %[3]d.%[2]d.0.0/16\n") }},
	{"one net again and again", func(n int) string { return "create s hash:ip" + widest + copies(n, "add s 10.0.0.0/16\n") }},
	{"nets come and go", func(n int) string {
		return "create s hash:ip" + widest + copies(n, "add s 10.0.0.0/16\ndel s 10.0.0.0/16\n")
	}},
	{"nets are flushed", func(n int) string { return "create s hash:ip" + widest + copies(n, "add s 10.0.0.0/16\nflush s\n") }},
	{"a net of eight bits", func(int) string { return "create s hash:ip" + widest + "add s 10.0.0.0/8\n" }},
	{"all addresses", func(int) string { return "create s hash:ip" + widest + "add s 0.0.0.1-255.255.255.254\n" }},
	{"all IPv6 addresses", func(int) string { return "create s hash:ip family inet6" + widest + "add s ::1-ffff::\n" }},
	{"addresses under a mask", func(int) string {
		return "create s hash:ip netmask 30" + widest + "add s 0.0.0.1-255.255.255.254\n"
	}},
	{"addresses under a mask with gaps", func(int) string {
		return "create s hash:ip bitmask 128.0.0.1" + widest + "add s 0.0.0.1-255.255.255.254\n"
	}},
	{"addresses with all ports", func(n int) string {
		return "create s hash:ip,port" + widest + addresses(n, "add s 10.%d.%d.%d,tcp:1-65535\n")
	}},
	{"a net with all ports", func(int) string { return "create s hash:ip,port" + widest + "add s 10.0.0.0/28,tcp:1-65535\n" }},
	{"nets with all ports", func(n int) string {
		return "create s hash:net,port" + widest + addresses(n, "add s %[3]d.%[2]d.%[1]d.0/24,tcp:1-65535\n")
	}},
	{"net, ports, net", func(n int) string {
		return "create s hash:net,port,net" + widest + addresses(n, "add s 10.%d.%d.%d,tcp:1-65535,10.0.0.1-10.255.0.254\n")
	}},
	{"ip, ports, ip", func(n int) string {
		return "create s hash:ip,port,ip" + widest + addresses(n, "add s 10.%d.%d.%d,tcp:1-65535,10.0.0.0/28\n")
	}},
	{"ranges of nets", func(n int) string {
		return "create s hash:net" + widest + addresses(n, "add s %[3]d.%[2]d.%[1]d.1-255.255.255.254\n")
	}},
	{"ranges of IPv6 nets", func(n int) string {
		return "create s hash:net family inet6" + widest + fill(n, func(i int) string { return fmt.Sprintf("add s 2001:%x::1-ffff:%x::fffe\n", i&0xffff, i&0xffff) })
	}},
	{"pairs of ranges", func(n int) string {
		return "create s hash:net,net" + widest + addresses(n, "add s 0.0.%[2]d.%[3]d-255.255.255.254,0.0.0.1-255.255.255.254\n")
	}},
	{"nets in nets", func(n int) string {
		return "create s hash:net" + widest + fill(n, func(i int) string {
			return fmt.Sprintf("add s 10.%d.%d.0/%d%s\n", i>>13&255, i>>5&255, 1+i&31, []string{"", " nomatch"}[i&1])
		})
	}},
	{"pairs of nets in nets", func(n int) string {
		return "create s hash:net,net" + widest + fill(n, func(i int) string {
			return fmt.Sprintf("add s 10.%d.%d.0/%d,11.%d.%d.0/%d%s\n", i>>8&255, i&255, 8+i%25, i>>8&255, i&255, 8+i*7%25, []string{"", " nomatch"}[i&1])
		})
	}},
	{"devices", func(n int) string {
		return "create s hash:net,iface" + widest + fill(n, func(i int) string { return fmt.Sprintf("add s 10.0.0.0/8,eth%d\n", i) })
	}},
	{"ranges with devices", func(n int) string {
		return "create s hash:net,iface" + widest + fill(n, func(i int) string { return fmt.Sprintf("add s 0.0.0.1-255.255.255.254,eth%d\n", i) })
	}},
	{"nets with marks", func(n int) string {
		return "create s hash:ip,mark" + widest + addresses(n, "add s 10.0.0.0/16,%[3]d\n")
	}},
	{"bitmap", func(n int) string { return "create s bitmap:ip range 10.0.0.0/16\n" + copies(n, "add s 10.0.0.0/16\n") }},
	{"large bitmap", func(int) string { return "create s bitmap:ip range 0.0.0.0/0\nadd s 10.0.0.0/8\n" }},
	{"ports", func(n int) string {
		return "create s bitmap:port range 0-65535\n" + copies(n, "add s 0-65535\ndel s 0-65535\n")
	}},
	{"many sets", func(n int) string {
		return fill(n, func(i int) string { return fmt.Sprintf("create s%d hash:ip\n", i) })
	}},
	{"many sets of a net", func(n int) string {
		return fill(n, func(i int) string { return fmt.Sprintf("create s%d hash:ip\nadd s%d 10.0.0.0/16\n", i, i) })
	}},
	{"many sets are flushed", func(n int) string {
		return fill(n, func(i int) string { return fmt.Sprintf("create s%d hash:ip\nflush\n", i) })
	}},
	{"many sets are destroyed", func(n int) string {
		return fill(n, func(i int) string { return fmt.Sprintf("create s%d hash:ip\ndestroy s%d\n", i, i) })
	}},
	{"sets are swapped", func(n int) string { return "create a hash:ip\ncreate b hash:ip\n" + copies(n, "swap a b\n") }},
	{"a set is renamed", func(n int) string {
		return "create s0 hash:ip\n" + fill(n, func(i int) string { return fmt.Sprintf("rename s%d s%d\n", i, i+1) })
	}},
	{"list of sets", func(n int) string {
		return "create l list:set size 4294967295\n" + fill(n, func(i int) string { return fmt.Sprintf("create s%d hash:ip\nadd l s%d\n", i, i) })
	}},
	{"members before members", func(n int) string {
		return "create l list:set size 4294967295\ncreate s0 hash:ip\nadd l s0\n" + fill(n, func(i int) string { return fmt.Sprintf("create s%d hash:ip\nadd l s%d before s%d\n", i+1, i+1, i) })
	}},
	{"long word", func(n int) string { return "create s hash:ip\nadd s " + copies(n, "1") + "\n" }},
	{"many commas", func(n int) string { return "create s hash:ip,port,ip\nadd s " + copies(n, ",") + "\n" }},
	{"many options", func(n int) string { return "create s hash:ip " + copies(n, "counters ") + "\n" }},
	{"many options of an entry", func(n int) string {
		return "create s hash:ip counters\nadd s 10.0.0.1 " + copies(n, "packets 1 ") + "\n"
	}},
	{"long comments", func(n int) string {
		return "create s hash:ip comment\nadd s 10.0.0.1 comment \"" + copies(n, "x") + "\"\n"
	}},
	{"a long comment of a net", func(n int) string {
		return "create s hash:ip comment\n" + copies(n/2, "add s 10.0.0.0/16 comment \""+copies(200, "x")+"\"\n")
	}},
	{"wrong lines", func(n int) string { return copies(n, "bogus\n") }},
	{"empty lines", func(n int) string { return copies(n, "\n") }},
}

// bound is what a command may take.
type bound struct {
	cpu    time.Duration
	memory int64 // bytes
}

var longest = bound{5 * time.Second, 1 << 30}

// inputs writes the inputs, and returns how each is given to a command.
func inputs(t *testing.T, n int) (names []string, args map[string][]string) {
	t.Helper()
	dir := t.TempDir()
	args = map[string][]string{}
	add := func(kind, name, text string, front ...string) {
		name = kind + "/" + strings.ReplaceAll(name, " ", "-")
		file := filepath.Join(dir, fmt.Sprintf("in%d.%s", len(names), kind))
		write(t, file, text)
		names = append(names, name)
		args[name] = append(front, file)
	}
	for _, h := range hostileScripts {
		add("sh", h.name, "#!/bin/bash\n"+h.text(n))
	}
	rules := filepath.Join(dir, "set.rules")
	write(t, rules, "*filter\n-A INPUT -m set --match-set s src -j DROP\nCOMMIT\n")
	for _, h := range hostileSets {
		add("ipset", h.name, h.text(n), rules, "--ipset-file")
	}
	return names, args
}

// endless tells a script that goes on until a bound ends it. Each takes seconds, so only
// TestLongBoundsOfScripts runs them.
func endless(t *testing.T, args []string) bool {
	t.Helper()
	text, err := os.ReadFile(args[len(args)-1])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(text), "while :") || strings.Contains(string(text), ";;") || strings.Contains(string(text), "f $1; f $1") ||
		strings.Contains(string(text), "1..255}") || strings.Contains(string(text), "20000")
}

// TestBoundsOfScripts holds that no script and no ipset file, however it is made, ends
// otherwise than with its rules or with an error that names a line.
func TestBoundsOfScripts(t *testing.T) {
	if os.Getenv("RECENTC_BOUNDS") != "" {
		t.Skip("TestLongBoundsOfScripts tries the same, longer")
	}
	names, args := inputs(t, 8<<10)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			if endless(t, args[name]) {
				t.Skip("it takes seconds")
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			code, stdout, stderr := run("", append([]string{"translate"}, args[name]...)...)
			runtime.ReadMemStats(&after)
			answered(t, args[name], code, stdout, stderr)
			if n := after.TotalAlloc - before.TotalAlloc; n > 3<<30 {
				t.Errorf("%d MB were allocated", n>>20)
			}
		})
	}
}

// answered checks how a command ends: with output, or with an error that has a place.
func answered(t *testing.T, args []string, code int, stdout, stderr string) {
	t.Helper()
	file := args[len(args)-1]
	switch {
	case code == exitSystem || strings.Contains(stderr, "panic") || strings.Contains(stderr, "goroutine"):
		t.Errorf("exit %d: %.500s", code, stderr)
	case code == exitUsage && !strings.Contains(stderr, file+":") && !strings.Contains(stderr, filepath.Join(filepath.Dir(file), "set.rules:")):
		t.Errorf("no line is named: %.500s", stderr)
	case code == exitUsage && stdout != "":
		t.Errorf("output in spite of an error")
	}
}

// TestLongBoundsOfScripts measures each command on each input of nearly a megabyte. With
// RECENTC_BOUNDS=1; it takes a quarter of an hour.
func TestLongBoundsOfScripts(t *testing.T) {
	if os.Getenv("RECENTC_BOUNDS") == "" {
		t.Skip("RECENTC_BOUNDS is not set")
	}
	program := filepath.Join(t.TempDir(), "recentc")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/recentc").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	names, args := inputs(t, 1000<<10)
	for _, name := range names {
		for _, command := range strings.Split(cmp.Or(os.Getenv("RECENTC_BOUNDS_COMMANDS"), "translate,translate -b ebpf,lint --config none,explain"), ",") {
			t.Run(name+"/"+strings.ReplaceAll(command, " ", ""), func(t *testing.T) {
				measured(t, program, append(strings.Fields(command), args[name]...))
			})
		}
	}
}

// measured runs a command and compares what it takes with the bound.
func measured(t *testing.T, program string, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var stdout, stderr strings.Builder
	c := exec.CommandContext(ctx, "prlimit", append([]string{"--as=4000000000", "--cpu=10", program}, args...)...)
	c.Stdout, c.Stderr = &stdout, &stderr
	c.Run()
	used := bound{c.ProcessState.UserTime() + c.ProcessState.SystemTime(), maxRSS(c)}
	t.Logf("exit %d, %.1f s, %d MB, %d bytes of output: %.150s", c.ProcessState.ExitCode(), used.cpu.Seconds(), used.memory>>20, stdout.Len(), stderr.String())
	if used.cpu > longest.cpu || used.memory > longest.memory {
		t.Errorf("%.1f s and %d MB", used.cpu.Seconds(), used.memory>>20)
	}
	answered(t, args, c.ProcessState.ExitCode(), stdout.String(), stderr.String())
}

// maxRSS is the most memory that a finished command had.
func maxRSS(c *exec.Cmd) int64 {
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10
}
