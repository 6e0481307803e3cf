package grammar_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
)

// chainsOnly is a Firewall that knows which chains there are and which rules, by
// their text.
type chainsOnly map[string]int

func (c chainsOnly) Run(f *ast.File, r *ast.Rule) *diag.Diagnostic {
	chain := r.Family.String() + " " + strings.TrimPrefix(r.Operand().Table.Text, "filter") + " " + r.Chain.Text
	rule := chain + " " + strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(r.Source, "-A "), "-D "), "-C "), "-I ")
	builtin := slices.Contains([]string{"", "INPUT", "FORWARD", "OUTPUT", "PREROUTING", "POSTROUTING"}, r.Chain.Text)
	no := func(code diag.Code) *diag.Diagnostic {
		return &diag.Diagnostic{Code: code, Severity: diag.Error, Summary: "refused"}
	}
	switch {
	case r.Op == ast.NewChain && (builtin || c[chain] > 0):
		return no(diag.ChainExists)
	case r.Op == ast.NewChain:
		c[chain] = 1
	case !builtin && c[chain] == 0:
		return no(diag.NoSuchChain)
	case (r.Op == ast.Delete || r.Op == ast.Check) && c[rule] == 0:
		return no(diag.NoSuchRule)
	case r.Op == ast.Delete:
		c[rule]--
	case r.Op == ast.Append || r.Op == ast.Insert:
		c[rule]++
	}
	return nil
}

// IPSet knows which sets there are.
func (c chainsOnly) IPSet(f *ast.File, words []ast.Word) *diag.Diagnostic {
	if len(words) < 2 {
		return &diag.Diagnostic{Code: diag.IPSetSyntax, Severity: diag.Error, Summary: "not understood"}
	}
	set := "set " + words[1].Text
	switch {
	case words[0].Text == "create" && c[set] > 0:
		return &diag.Diagnostic{Code: diag.IPSetRefused, Severity: diag.Error, Summary: "there is a set already"}
	case words[0].Text == "create":
		c[set] = 1
	case c[set] == 0:
		return &diag.Diagnostic{Code: diag.IPSetUnknown, Severity: diag.Error, Summary: "there is no set"}
	case words[0].Text == "destroy":
		delete(c, set)
	}
	return nil
}

func (c chainsOnly) IPSetLines(f *ast.File, text string, start uint32, fixed, exist bool) *diag.Diagnostic {
	for line := range strings.Lines(text) {
		var words []ast.Word
		for _, w := range strings.Fields(line) {
			words = append(words, ast.Word{Text: w})
		}
		if why := c.IPSet(f, words); why != nil {
			return why
		}
	}
	return nil
}

// ran shows what a script runs, one command a line, and what is said of it, each
// with its line.
func ran(t testing.TB, script string, args ...string) (commands, said string) {
	t.Helper()
	f, l := grammar.Parse("in.sh", script, grammar.Options{Args: args, Firewall: chainsOnly{}})
	l.Sort()
	for _, d := range l {
		said += fmt.Sprintf("%d: %s: %s\n", d.Range.Start.Line, d.Severity, d.Summary)
	}
	for _, line := range strings.Split(strings.TrimSpace(ast.Print(f)), "\n") {
		commands += strings.TrimPrefix(line, "iptables ") + "\n"
	}
	return strings.TrimSpace(commands), strings.TrimSpace(said)
}

// TestScript runs scripts that say nothing; each begins with "#!/bin/bash" and a
// newline in front of what is shown.
func TestScript(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"variable", "IPT=/sbin/iptables\n$IPT -F", "-F"},
		{"options in a variable", "IPT='iptables -w'\n$IPT -F INPUT", "-F INPUT -w"},
		{"split", "O='-p tcp  --dport 22'\niptables -A INPUT $O", "-A INPUT -p tcp --dport 22"},
		{"read an array", "IFS=', ' read -ra P <<< '1, 2,3'\nfor p in \"${P[@]}\"; do iptables -A INPUT --x $p; done; read -a Q <<< ' a  b '; iptables -A INPUT --x \"${Q[@]}\"",
			"-A INPUT --x 1\n-A INPUT --x 2\n-A INPUT --x 3\n-A INPUT --x a b"},
		{"printf -v", "a=(1 2)\nprintf -v x '%s,' \"${a[@]}\"; printf -v y -- '%s'; iptables -A INPUT -s ${x%,} --y \"$y\"", "-A INPUT -s 1,2 --y ''"},
		{"read the rest", "IFS=: read a b <<< '1:2:3'; iptables -A INPUT --x $a --y $b", "-A INPUT --x 1 --y 2:3"},
		{"empty arrays", "A=()\nB=(\n)\ndeclare -A M=()\nfor x in \"${A[@]}\" ${B[@]} \"${M[@]}\" \"${!M[@]}\" \"${A[@]#x}\" \"${A[@]:1}\"; do iptables -F $x; done\nf() { for x in \"$@\"; do iptables -F $x; done; }; f\niptables -A INPUT \"${A[@]}\" -p x\"${B[@]}\"; A+=(1); iptables -A INPUT --y \"${A[@]}\"",
			"-A INPUT -p x\n-A INPUT --y 1"},
		{"defaults of arrays", "A=(1 2)\niptables -A INPUT --x \"${A[@]:-3}\" ${B[@]:-4} ${B[@]+5} ${A[@]+6}", "-A INPUT --x 1 2 4 6"},
		{"quotes behind the sign", "p='a b'\niptables -A INPUT --log-prefix=\"$p: \" -j LOG\nf() { iptables -A INPUT -j LOG \"$@\"; }; f --log-prefix=\"c d\"",
			"-A INPUT --log-prefix 'a b: ' -j LOG\n-A INPUT -j LOG --log-prefix 'c d'"},
		{"quoted value", "c='a b'\niptables -A INPUT -m comment --comment \"$c\"", "-A INPUT -m comment --comment 'a b'"},
		{"dash in quotes", "iptables -A INPUT -j LOG --log-prefix '-x- '", "-A INPUT -j LOG --log-prefix '-x- '"},
		{"escaped assignment", "c=a\\ b\niptables -A INPUT --comment \"$c\"", "-A INPUT --comment 'a b'"},
		{"escaped bang", "iptables -A INPUT \\! -s 10.0.0.1", "-A INPUT ! -s 10.0.0.1"},
		{"default", "iptables -A ${CHAIN:-INPUT}", "-A INPUT"},
		{"assigned default", ": ${C:=FORWARD}\niptables -F $C", "-F FORWARD"},
		{"cut", "a=eth0.5; iptables -A INPUT -i ${a%.*} -o ${a#*.} --x ${#a}", "-A INPUT -i eth0 -o 5 --x 6"},
		{"replace", "p=80:90; iptables -A INPUT --dport ${p/:/-} -i ${p//0/x}", "-A INPUT --dport 80-90 -i 8x:9x"},
		{"for", "for i in 22 80; do iptables -A INPUT --dport $i; done", "-A INPUT --dport 22\n-A INPUT --dport 80"},
		{"empty for", "for i in $(echo); do iptables -F; done; iptables -Z", "-Z"},
		{"braces", "for i in {1..2}{a,b}; do iptables -A INPUT -i e$i; done", "-A INPUT -i e1a\n-A INPUT -i e1b\n-A INPUT -i e2a\n-A INPUT -i e2b"},
		{"c-style for", "for ((i=0;i<3;i++)); do iptables -A INPUT -i e$i; done", "-A INPUT -i e0\n-A INPUT -i e1\n-A INPUT -i e2"},
		{"while", "i=3; while [ $i -gt 1 ]; do iptables -A INPUT -i e$i; i=$((i-1)); done", "-A INPUT -i e3\n-A INPUT -i e2"},
		{"until and break", "i=0; until false; do i=$((i+1)); [ $i = 2 ] && continue; [ $i = 4 ] && break; iptables -A INPUT -i e$i; done", "-A INPUT -i e1\n-A INPUT -i e3"},
		{"break 2", "for a in 1 2; do for b in 1 2; do iptables -A INPUT -i e$a$b; break 2; done; done", "-A INPUT -i e11"},
		{"continue 2", "for a in 1 2; do for b in 1 2; do iptables -A INPUT -i e$a$b; continue 2; done; done", "-A INPUT -i e11\n-A INPUT -i e21"},
		{"while read", "while read a b; do iptables -A INPUT -i $a -o \"$b\"; done <<X\ne0 e1 e2\nlo  up\nX", "-A INPUT -i e0 -o 'e1 e2'\n-A INPUT -i lo -o up"},
		{"read from a pipe", "echo 'a b' | while read x y; do iptables -A INPUT -i $y; done", "-A INPUT -i b"},
		{"here-string", "IFS=: read a b <<< x:y; iptables -A INPUT -i $b", "-A INPUT -i y"},
		{"if", "if [ 1 = 2 ]; then iptables -F; elif [ -n x ]; then iptables -X; else iptables -Z; fi", "-X"},
		{"case", "case eth0 in lo) iptables -F;; eth[0-9]|wlan*) iptables -X;; *) iptables -Z;; esac", "-X"},
		{"case falls through", "case a in a) iptables -F;& b) iptables -X;; *) iptables -Z;; esac", "-F\n-X"},
		{"function", "f() { local p=$1; shift; iptables -A INPUT --dport $p \"$@\"; }\np=9; f 22 -j DROP; iptables -A INPUT --dport $p", "-A INPUT --dport 22 -j DROP\n-A INPUT --dport 9"},
		{"function named like the command", "iptables() { command iptables -w \"$@\"; }\niptables -F", "-F -w"},
		{"return", "f() { iptables -F; return 3; iptables -X; }\nf || iptables -Z", "-F\n-Z"},
		{"status", "false; iptables -A INPUT -m x --n $?", "-A INPUT -m x --n 1"},
		{"and, or", "true && iptables -F || iptables -X; false && iptables -F || iptables -Z", "-F\n-Z"},
		{"not", "! true || iptables -F; if ! false; then iptables -X; fi", "-F\n-X"},
		{"group and subshell", "{ a=1; }; (a=2; exit 1); iptables -A INPUT -i e$a", "-A INPUT -i e1"},
		{"exit", "iptables -F; exit; iptables -X", "-F"},
		{"set -e", "set -e; false || true; ! true; iptables -F; false; iptables -X", "-F"},
		{"set -o", "set -euo pipefail; iptables -X; false; iptables -F", "-X"},
		{"set --", "set -- a b c; iptables -A INPUT -i $2 --n $#; shift 2; iptables -A INPUT -i $1", "-A INPUT -i b --n 3\n-A INPUT -i c"},
		{"array", "a=(1 2); a+=(3); a[0]=9; for i in \"${a[@]}\"; do iptables -A INPUT -i e$i; done; iptables -A INPUT --n ${#a[@]}", "-A INPUT -i e9\n-A INPUT -i e2\n-A INPUT -i e3\n-A INPUT --n 3"},
		{"map", "declare -A m=([ssh]=22); m[web]=80; iptables -A INPUT --dport ${m[ssh]} --sport ${m[web]}", "-A INPUT --dport 22 --sport 80"},
		{"options in an array", "o=(-p tcp --comment 'a b'); iptables -A INPUT \"${o[@]}\"", "-A INPUT -p tcp --comment 'a b'"},
		{"arithmetic", "x=$((2*(3+4)%5)); ((x++)); let x=x*2; iptables -A INPUT --n $x", "-A INPUT --n 10"},
		{"double brackets", "a=eth0; [[ $a == eth* && ! $a =~ ^wlan && 10 -gt 9 ]] && iptables -F", "-F"},
		{"test with -a and parentheses", "[ 1 -eq 1 -a \\( 2 -gt 3 -o x = x \\) ] && iptables -F; [ ! 1 = 2 ] && iptables -X", "-F\n-X"},
		{"empty test", "[ ] || iptables -F; [ \"\" ] || iptables -X; [ -z \"\" ] && iptables -Z", "-F\n-X\n-Z"},
		{"printf", "for p in $(printf '%d\\n' 22 80); do iptables -A INPUT --dport $p; done", "-A INPUT --dport 22\n-A INPUT --dport 80"},
		{"seq and backquotes", "for p in `seq 2`; do iptables -A INPUT --dport $p; done", "-A INPUT --dport 1\n-A INPUT --dport 2"},
		{"output of a function", "f() { echo 22; }; iptables -A INPUT --dport \"$(f)\"", "-A INPUT --dport 22"},
		{"where the tool is", "IPT=$(which iptables) || exit 1; I6=`command -v ip6tables`; $IPT -F; $I6 -F", "-F\nip6tables -F"},
		{"root", "[ $(id -u) = 0 ] && [ $EUID -eq 0 ] && [ \"$(whoami)\" = root ] && iptables -F", "-F"},
		{"both families", "for i in iptables ip6tables; do $i -P INPUT DROP; done", "-P INPUT DROP\nip6tables -P INPUT DROP"},
		{"sudo", "sudo iptables -F; sudo -n /sbin/ip6tables -F", "-F\nip6tables -F"},
		{"thrown away", "exec 2>/dev/null; iptables -F >/dev/null 2>&1; iptables -X &>/dev/null; { iptables -Z; } 2>&1 >/dev/null", "-F\n-X\n-Z"},
		{"listing", "iptables -L -n -v; iptables -S; iptables --version; iptables -t nat -nL", ""},
		{"asks for a rule", "iptables -C INPUT -j X || iptables -A INPUT -j X; iptables -C INPUT -j X || iptables -F", "-A INPUT -j X"},
		{"asks for a chain", "iptables -nL C >/dev/null 2>&1 || iptables -N C; iptables -N C 2>/dev/null; iptables -L C && iptables -F C", "-N C\n-F C"},
		{"deletes until it fails", "iptables -A INPUT -j X; iptables -A INPUT -j X; while iptables -D INPUT -j X; do n=$((n+1)); done; iptables -A INPUT --n $n", "-A INPUT -j X\n-A INPUT -j X\n-D INPUT -j X\n-D INPUT -j X\n-A INPUT --n 2"},
		{"failing with set -e", "set -e; iptables -D INPUT -j X 2>/dev/null || true; iptables -F; iptables -D INPUT -j X 2>/dev/null; iptables -X", "-F"},
		{"restore", "iptables-restore -w <<X\n*nat\n:POSTROUTING ACCEPT [0:0]\n:MINE - [0:0]\n-A POSTROUTING -j MINE\nCOMMIT\nX",
			"-t nat -F\n-t nat -X\n-t nat -P POSTROUTING ACCEPT\n-t nat -N MINE\n-t nat -A POSTROUTING -j MINE"},
		{"sets", "ipset create S x; ipset create S x 2>/dev/null; if ipset list S; then iptables -F; fi\nsudo ipset -! restore <<X\ncreate T x\nX\nipset -L T && iptables -X; echo 'destroy T' | ipset -R; ipset -V",
			"-F\n-X"},
		{"restore beside what is there", "ip6tables -N MINE\necho \"*filter\n:MINE -\nCOMMIT\" | ip6tables-restore --noflush", "ip6tables -N MINE\nip6tables -t filter -F MINE"},
		{"shown only", "echo \"$HOSTNAME $(date) $((1+1)) ${X}\"; printf '%s' $RANDOM >&2; iptables -F", "-F"},
		{"patterns stand for themselves", "iptables -A INPUT -i eth* -p [t]cp", "-A INPUT -i eth* -p [t]cp"},
		{"home of a user", "iptables -A INPUT --x ~root/y", "-A INPUT --x ~root/y"},
	} {
		t.Run(c.name, func(t *testing.T) {
			commands, said := ran(t, "#!/bin/bash\n"+c.in+"\n")
			if diff := cmp.Diff(c.want, commands); diff != "" || said != "" {
				t.Errorf("%s\n%s", diff, said)
			}
		})
	}
}

// TestScriptSays holds what is said of scripts that are run.
func TestScriptSays(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"iptables -A INPUT $X -j DROP", "2: warning: $X is not set and stands for nothing here"},
		{"X=; iptables -A INPUT $X -j DROP", ""},
		{"for i in 1 2; do iptables -A INPUT -s \"$NET/$i\"; done", "2: warning: $NET is not set and stands for nothing here"},
		{"iptables -D INPUT -j X\n\niptables -F", "2: warning: iptables refuses this command: refused"},
		{"iptables -N A; iptables -N A; iptables -X B", "2: warning: iptables refuses this command: refused\n2: warning: iptables refuses this command: refused"},
		{"iptables -A NOCHAIN -j DROP || true", "2: warning: iptables refuses this command: refused"},
		{"[ \"$1\" = x ] || iptables -F", "2: warning: the script looks at its arguments ($1) and is run without any"},
		{"f() { iptables -F $1; }; f", ""},
		{"[ a -eq 1 ] || iptables -F", "2: warning: this test fails: \"a\" is not a number"},
		{"modprobe a\nsysctl -w b=1\n\nmodprobe c\nmodprobe d\necho 1 > /proc/sys/net/x\niptables-save > /etc/x\niptables -F",
			"2: note: skipped, as it does not change the rules: modprobe (lines 2, 5-6), sysctl (line 3), writing to /proc (line 7), iptables-save (line 8)"},
		{"[ -x /sbin/iptables ] && [ -f /proc/net/if_inet6 ] && iptables -F", "2: note: skipped, as it does not change the rules: taken to be there: /sbin/iptables (line 2), taken to be there: /proc/net/if_inet6 (line 2)"},
		{"echo 1 | tee /proc/sys/net/x > /dev/null", "2: note: skipped, as it does not change the rules: tee (line 2)"},
		{"ipset list S || ipset create S x; ipset create S x; ipset destroy S 2>/dev/null; ipset add S 1; ipset add S 2 2>/dev/null; ipset create T x; ipset save T > /etc/sets",
			"2: note: skipped, as it does not change the rules: taken not to be there: the set of this command of ipset (line 2), ipset save to a file (line 2)\n" +
				"2: warning: ipset refuses this command: there is a set already\n2: warning: ipset refuses this command: there is no set"},
		{"ipset nonsense; ipset restore <<X\ndestroy S\nX", "2: error: not understood\n2: error: there is no set"},
		{"service iptables save", "2: note: skipped, as it does not change the rules: service save (line 2)"},
		{"/etc/init.d/iptables save", "2: note: skipped, as it does not change the rules: iptables save (line 2)"},
		{"ip rule add fwmark 1 table 100; ip -6 route flush table 100", "2: note: skipped, as it does not change the rules: ip (line 2)"},
		{"ifconfig eth0 up\nroute add default gw 192.0.2.1\ntc qdisc del dev eth0 root 2> /dev/null\nbrctl addbr br0\nebtables -F",
			"2: note: skipped, as it does not change the rules: ifconfig (line 2), route (line 3), tc (line 4), brctl (line 5), ebtables (line 6)"},
	} {
		if _, said := ran(t, "#!/bin/bash\n"+c.in+"\n"); said != c.want {
			t.Errorf("%s\n%s", c.in, cmp.Diff(c.want, said))
		}
	}
}

// refusals are scripts that are not run, with the line and the one error.
var refusals = []struct{ in, want string }{
	{"rm -rf /", "2: error: rm is not run here"},
	{"iptables -F\n/usr/bin/touch sentinel", "3: error: touch is not run here"},
	{"./touch", "2: error: touch is not run here"},
	{"X=$(rm sentinel)", "2: error: rm is not run here"},
	{"X=`cat sentinel`", "2: error: the file sentinel is not read"},
	{"X=$(< sentinel)", "2: error: the file sentinel is not read"},
	{"cat /etc/passwd", "2: error: the file /etc/passwd is not read"},
	{"cat <<X > sentinel\nx\nX", "2: error: the file sentinel is not written"},
	{": > sentinel", "2: error: the file sentinel is not written"},
	{"> sentinel", "2: error: the file sentinel is not written"},
	{"echo x >> sentinel", "2: error: the file sentinel is not written"},
	{"{ echo x; } > sentinel", "2: error: the file sentinel is not written"},
	{"echo x 2> sentinel", "2: error: the file sentinel is not written"},
	{"iptables -F &> sentinel", "2: error: the file sentinel is not written"},
	{"iptables -A INPUT > sentinel", "2: error: the file sentinel is not written"},
	{"echo x > /proc/../tmp/sentinel", "2: error: the file /proc/../tmp/sentinel is not written"},
	{"f() { iptables -F; }; f > sentinel", "2: error: the file sentinel is not written"},
	{"exec > sentinel", "2: error: the file sentinel is not written"},
	{"exec rm sentinel", "2: error: exec is not run"},
	{"eval rm sentinel", "2: error: eval is not run here"},
	{"trap 'rm sentinel' EXIT", "2: error: trap is not run"},
	{". ./sentinel", "2: error: . is not run here"},
	{"source sentinel", "2: error: source is not run here"},
	{"iptables -F &", "2: error: a command in the background is not run"},
	{"cat <(rm sentinel)", "2: error: a process substitution is not run"},
	{"iptables-restore < rules.v4", "2: error: the file rules.v4 is not read"},
	{"ipset restore < sentinel", "2: error: the file sentinel is not read"},
	{"ipset -f sentinel -exist restore", "2: error: the file sentinel is not read"},
	{"ipset create S x > sentinel", "2: error: the file sentinel is not written"},
	{"for s in $(ipset list -n); do ipset destroy $s; done", "2: error: what ipset list prints is not known here"},
	{"ipset restore", "2: error: this command reads what is typed at the keyboard"},
	{"iptables-restore rules.v4", "2: error: the file rules.v4 is not read"},
	{"while read a; do iptables -F; done < sentinel", "2: error: the file sentinel is not read"},
	{"read a", "2: error: this command reads what is typed at the keyboard"},
	{"for f in /etc/*; do iptables -F; done", "2: error: the files that /etc/* names are not known here"},
	{"[ -f sentinel ] && iptables -F", "2: error: whether -f sentinel holds is not known here: files are not looked at"},
	{"[[ -e /etc/x ]] && iptables -F", "2: error: whether -e /etc/x holds is not known here: files are not looked at"},
	{"[ sentinel -nt x ]", "2: error: files are not looked at"},
	{"iptables -A INPUT -d $HOSTNAME", "2: error: the value of $HOSTNAME is not known here"},
	{"cd ~; X=~/x", "2: error: the value of $HOME is not known here"},
	{"X=$((RANDOM % 2))", "2: error: the value of $RANDOM is not known here"},
	{"X=$(date)", "2: error: what date prints is not known here"},
	{"IP=$(ifconfig eth0 | awk '{print $2}')", "2: error: ifconfig is not run here"},
	{"X=$(iptables -S)", "2: error: what iptables -S prints is not known here"},
	{"if iptables -L | grep -q X; then iptables -F; fi", "2: error: what grep finds is not known here"},
	{"iptables-save | iptables-restore", "2: error: what iptables-save prints is not known here"},
	{"command -v docker && iptables -F", "2: error: whether there is a program docker is not known here"},
	{"$IPT -F", "2: error: $IPT is not set, so this line runs the command \"-F\""},
	{"set -u; iptables -A INPUT $X", "2: error: the script ends here: X: unbound variable"},
	{": ${X:?no X}", "2: error: the script ends here: X: no X"},
	{"X=$((1/0))", "2: error: this expansion fails: division by zero"},
	{"X=1+2; iptables -A INPUT --dport $((X * 2))", "2: error: \"1+2\" is not a number"},
	{"X=08; iptables -A INPUT --dport $(($X + 1))", "2: error: \"08\" is not a number"},
	{"let \"X+=1\"", "2: error: \"X+=1\" is not a number"},
	{"readonly X=1; X=2", "2: error: this assignment fails: X is read-only"},
	{"while :; do :; done", "2: error: the script does not come to an end"},
	{"for ((;;)); do x=1; done", "2: error: the script does not come to an end"},
	{"f() { f; }; f", "2: error: the script goes too deep: a function calls itself, or commands are nested"},
	{"x=x; while :; do x=$x$x; done", "2: error: the value of $x grows too long"},
	{"if true; then", "2: error: the shell does not understand this: `then` must be followed by a statement list"},
	{"echo \"x", "2: error: the shell does not understand this: reached EOF without closing quote `\"`"},
	{"select x in a b; do iptables -F; done", "2: error: select asks the person at the keyboard"},
	{"a=x; iptables -A INPUT -s ${a/#x/y}", "2: error: this form of expansion is not run"},
	{"declare -A m=([a]=b); X=${#m[@]}", "2: error: this form of expansion is not run"},
	{"iptables -A INPUT ${C:+--comment \"$C\"}${C:-\"a b\"}", "2: error: quotes within an expansion that is not quoted itself are not run"},
	{"IFS=,; X=a,,b; for i in $X; do iptables -F; done", "2: error: splitting a value with empty parts is not run"},
	{"for x in \"${A[@]:-1}\"; do iptables -F; done", "2: error: this form of expansion is not run"},
	{"A=(); iptables -F \"${A[@]-INPUT}\"", "2: error: this form of expansion is not run"},
	{"A=(1); iptables -F \"${A[@]+INPUT}\"", "2: error: this form of expansion is not run"},
	{"IFS=, read a b <<< 1,,2", "2: error: reading a line with empty parts is not run"},
	{"IFS=, read a b <<< 1,2,3,", "2: error: reading a line with empty parts is not run"},
	{"IFS=, read -ra a <<< ,2", "2: error: reading a line with empty parts is not run"},
	{"read -a <<< 1", "2: error: read -a is run with one name only"},
	{"while getopts ab o -a; do iptables -F; done", "2: error: getopts is not run"},
	{"alias ipt=iptables", "2: error: alias is not run here"},
	{"ip route show", "2: error: ip is not run here"},
	{"ip netns exec x ip link set lo up", "2: error: ip is not run here"},
	{"ip -n x route add default via 192.0.2.1", "2: error: ip is not run here"},
	{"ip -batch add", "2: error: ip is not run here"},
	{"ifconfig add", "2: error: ifconfig is not run here"},
	{"ebtables -L", "2: error: ebtables is not run here"},
	{"/etc/init.d/iptables stop", "2: error: iptables is not run here"},
	{"python -c 'import os'", "2: error: python is not run here"},
}

// TestScriptRefused holds that what acts on the machine, or asks it, is refused
// with one error at its line, that nothing is left of such a script, and that
// neither files nor the environment are touched or seen.
func TestScriptRefused(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("IPT", "iptables")
	t.Setenv("HOSTNAME", "here")
	t.Setenv("X", "set")
	if err := os.WriteFile("sentinel", []byte("iptables -F\n"), 0o444); err != nil {
		t.Fatal(err)
	}
	for _, c := range refusals {
		commands, said := ran(t, "#!/bin/bash\n"+c.in+"\n")
		if commands != "" || said != c.want {
			t.Errorf("%s\n%s%s", c.in, commands, cmp.Diff(c.want, said))
		}
	}
	if commands, said := ran(t, "#!/bin/bash\niptables -A INPUT -i s* --x $X\n"); commands != "-A INPUT -i s* --x" {
		t.Errorf("the folder or the environment shows: %s %s", commands, said)
	}
	checkUntouched(t, dir)
}

func checkUntouched(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Errorf("the folder has changed: %v %v", files, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "sentinel")); err != nil || string(text) != "iptables -F\n" {
		t.Errorf("the file has changed: %q %v", text, err)
	}
}

// TestScriptNesting holds that brackets cannot exhaust the stack.
func TestScriptNesting(t *testing.T) {
	for _, open := range []string{"(", "$(", "{ ", "\"$(", "$((", "a[", "${a:-", "`", "if ", "[[ ! ", "a && ", "a | ", "! ", "$((-", "while "} {
		text := "#!/bin/bash\n" + strings.Repeat(open, maxScriptBytes/len(open))
		if _, l := grammar.Parse("in.sh", text, grammar.Options{}); !l.HasErrors() && open != "`" {
			t.Errorf("%q nested without an end is no error", open)
		}
	}
	if _, l := grammar.Parse("in.sh", "#!/bin/sh\n"+strings.Repeat(": ", maxScriptBytes), grammar.Options{}); !l.HasErrors() {
		t.Error("a script without an end is no error")
	}
}

const maxScriptBytes = 1_000_000

// TestScriptArguments gives a script its arguments.
func TestScriptArguments(t *testing.T) {
	commands, said := ran(t, "#!/bin/sh\ncase $1 in start) iptables -P INPUT DROP -i $2;; esac\n", "start", "eth0")
	if commands != "-P INPUT DROP -i eth0" || said != "" {
		t.Errorf("%s\n%s", commands, said)
	}
}

// TestScriptPlaces holds that each word of a command has the place of the word
// in the script that it comes from.
func TestScriptPlaces(t *testing.T) {
	f, l := grammar.Parse("in.sh", "#!/bin/sh\nNET='-s 10.0.0.1'\n\tiptables -A INPUT $NET \\\n  --dport=22 -j DROP\n", grammar.Options{})
	if len(l) > 0 || len(f.Entries) != 1 {
		t.Fatalf("%v %v", l, f.Entries)
	}
	r := f.Entries[0].(*ast.Rule)
	got := []string{r.Range.String(), r.Chain.Range.String()}
	for _, o := range r.Options(nil) {
		got = append(got, o.Name+" "+o.Range.String()+" "+o.Values[0].Range.String())
	}
	want := []string{"3:11", "3:14", "-s 3:20 3:20", "--dport 4:3 4:11", "-j 4:14 4:17"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if want := "-A INPUT -s 10.0.0.1 --dport=22 -j DROP"; r.Source != want || !r.Expanded || r.Ran() != "iptables "+want {
		t.Errorf("source %q, ran %q", r.Source, r.Ran())
	}
}

// TestScriptPassedOn holds that what a function hands on has the place of the call.
func TestScriptPassedOn(t *testing.T) {
	f, l := grammar.Parse("in.sh", "#!/bin/sh -e\nipt() { iptables -w \"$@\"; }\nrun() { shift; \"$@\"; }\nipt -A INPUT \\\n -j DROP\nrun x ipt -F INPUT\nfalse\nipt -F\n", grammar.Options{})
	got := []string{}
	for _, e := range f.Entries {
		got = append(got, e.At().String()+" "+e.(*ast.Rule).Ran())
	}
	want := []string{"4:5 iptables -w -A INPUT -j DROP", "6:11 iptables -w -F INPUT"}
	if diff := cmp.Diff(want, got); diff != "" || len(l) > 0 {
		t.Error(diff, l)
	}
}

// TestDetect tells scripts from lists and save files.
func TestDetect(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"save file", "*filter\n-A INPUT -j DROP\nCOMMIT\n", "*filter\n-A INPUT -j DROP\nCOMMIT"},
		{"save file that runs", "#!/sbin/iptables-restore\n*filter\nCOMMIT\n", "*filter\nCOMMIT"},
		{"list with a shebang", "#!/bin/sh\n\niptables -A INPUT -j DROP # all\n", "-A INPUT -j DROP"},
		{"prompts", "# iptables -F\n$ ip6tables -X\n", "-F\nip6tables -X"},
		{"assignment", "A=INPUT\niptables -F $A\n", "-F INPUT"},
		{"command in a variable", "# iptables -F\nI=iptables\n$I -X\n", "-X"},
		{"case at the margin", "case a in\n*)\niptables -F\nesac\n", "-F"},
		{"here-document at the margin", "iptables-restore -n <<X\n*filter\n-A INPUT -j DROP\nCOMMIT\nX\n", "-t filter -A INPUT -j DROP"},
		{"loop", "for i in a b; do\niptables -F $i\ndone\n", ""},
		{"carriage returns", "A=INPUT\r\niptables -F $A\r\n", "-F INPUT"},
		{"env", "#!/usr/bin/env bash\n[[ a = a ]] && iptables -F\n", "-F"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if commands, said := ran(t, c.in); commands != c.want {
				t.Errorf("%s\n%s", cmp.Diff(c.want, commands), said)
			}
		})
	}
}

// FuzzScript holds that no script makes the interpreter panic, hang, or leave
// commands of a script that it refuses.
func FuzzScript(f *testing.F) {
	for _, c := range refusals {
		f.Add(c.in)
	}
	for _, name := range []string{"variables", "functions", "state", "restore", "system", "sets", "sets-restore"} {
		if text, err := os.ReadFile("../internal/cli/testdata/scripts/" + name + ".sh"); err == nil {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, _ := grammar.Parse("in.sh", "#!/bin/bash\n"+text, grammar.Options{Args: []string{"start", "-s 1"}, Firewall: chainsOnly{}})
		for _, e := range file.Entries {
			if r, ok := e.(*ast.Rule); ok && (r.Range.Start.Line == 0 || r.Family == ast.FamilyUnknown) {
				t.Errorf("a command without a place or a family: %+v", r)
			}
		}
	})
}
