package compile_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/ipset"
)

// TestNumbers holds every value of the table to iptables: what it refuses is
// refused, and what it takes means what iptables-save says that it means.
func TestNumbers(t *testing.T) {
	answers := readNumberAnswers(t)
	bad := map[string]int{}
	meanings := map[string][]*compile.Rule{}
	for _, n := range numberCases() {
		answer, known := answers[n.key()]
		if !known {
			t.Fatalf("the table lacks %s in %s: write it anew", n.text(), n.family)
		}
		if problem := n.disagrees(answer, meanings); problem != "" && n.exception(answer) == "" {
			if bad[n.rule]++; bad[n.rule] <= 12 {
				t.Errorf("%s %s\n\tiptables: %s\n\t%s", n.family, n.text(), answer, problem)
			}
		}
	}
	total := 0
	for _, count := range bad {
		total += count
	}
	if total > 0 {
		t.Errorf("%d values of %d options differ", total, len(bad))
	}
}

// notNumbers are options whose values are not tried, and why.
var notNumbers = map[string]string{
	"comment": "text", "log-prefix": "text", "nflog-prefix": "text", "string": "text", "helper": "name", "path": "path", "selctx": "text",
	"hashlimit-name": "name", "name": "name", "algo": "word", "oif": "device", "timeout": "tried for -j SET, not translated for CT",
	"chunk-types": "not translated", "dccp-option": "not translated", "monthdays": "not translated", "hashlimit-rate-interval": "not translated",
	"dst-opts": "not translated", "hbh-opts": "not translated", "rt-0-addrs": "not translated", "map-set": "not translated",
	"ctevents": "not translated", "expevents": "not translated", "reqid": "not translated", "spi": "not translated", "proto": "not translated",
	"mode": "not translated for policy", "tunnel-src": "not translated", "tunnel-dst": "not translated", "dir": "word", "pol": "word",
	"source-port": "as --sport", "destination-port": "as --dport", "source-ports": "as --sports", "destination-ports": "as --dports",
	"dst-type": "as --src-type", "packets-lt": "as --packets-gt", "bytes-eq": "as --bytes-lt", "bytes-gt": "as --bytes-lt",
	"del-set": "as --add-set", "match-set": "tried with the name of the set", "add-set": "as --match-set",
}

// TestNumberOptions holds that the table has every option with a value.
func TestNumberOptions(t *testing.T) {
	var all strings.Builder
	for _, r := range numberRules {
		all.WriteString(r.rule + " ")
	}
	for owner, names := range compile.OptionsWithValues() {
		for _, name := range names {
			_, known := notNumbers[name]
			if !known && !strings.Contains(all.String(), "--"+name+" @") {
				t.Errorf("no values are tried for --%s of %s", name, owner)
			}
		}
	}
}

// disagrees says what compile makes of a value that iptables does not.
func (n numberCase) disagrees(answer string, meanings map[string][]*compile.Rule) string {
	mine, l := n.compile(n.text())
	switch {
	case answer == "" && !l.HasErrors():
		return "taken, with " + warned(l)
	case answer == "":
		return ""
	case untranslated(l):
		return ""
	case l.HasErrors():
		return "refused: " + firstError(l)
	}
	key := n.family.String() + n.table + answer
	theirs, known := meanings[key]
	if !known {
		theirs, l = n.compile(strings.ReplaceAll(answer, " ;; ", "\n"))
		if l.HasErrors() {
			return "what iptables-save prints is refused: " + firstError(l)
		}
		meanings[key] = theirs
	}
	if cmp.Equal(theirs, mine, sameMeaning) {
		return ""
	}
	return "means something else (-iptables +recentc):\n" + cmp.Diff(theirs, mine, sameMeaning)
}

// compile gives the rules of the chain that a rule is added to.
func (n numberCase) compile(rule string) (rules []*compile.Rule, l diag.List) {
	f, diags := grammar.ParseFile("numbers", numberFile(n.table, rule))
	sets := ipset.Collection{}
	sets.ParseFile("sets", numberSets(n.family))
	programs, more := compile.Compile([]*ast.File{f}, compile.Options{Family: n.family, Sets: sets})
	if l = append(diags, more...); l.HasErrors() {
		return nil, l
	}
	for _, p := range programs {
		for _, c := range p.Chains {
			rules = append(rules, c.Rules...)
		}
	}
	return rules, l
}

var sameMeaning = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmpopts.IgnoreTypes(ast.Range{}, &ast.File{}),
	cmpopts.IgnoreFields(compile.Rule{}, "Source", "Ran", "commands", "order"),
	cmpopts.IgnoreFields(compile.Recent{}, "source", "options", "MaskWritten"),
	cmpopts.IgnoreFields(compile.Time{}, "HasFrom", "HasTo"), // From and To say it
	cmpopts.IgnoreFields(compile.List{}, "first", "MaskWritten"),
	cmpopts.IgnoreTypes(&ipset.Set{}),
	cmpopts.EquateEmpty(),
}

// untranslated tells whether all errors say that something is not translated.
func untranslated(l diag.List) bool {
	found := false
	for _, d := range l {
		if d.Severity == diag.Error {
			if found = true; d.Code != diag.Unsupported && d.Code != diag.HostName {
				return false
			}
		}
	}
	return found
}

func firstError(l diag.List) string {
	for _, d := range l {
		if d.Severity == diag.Error {
			return fmt.Sprint(d.Code, " ", d.Summary)
		}
	}
	return ""
}

func warned(l diag.List) string {
	out := "no word"
	for _, d := range l {
		out = fmt.Sprint(d.Code, " ", d.Summary)
	}
	return out
}

// numberExceptions are what recentc reads otherwise than the table has it, on purpose.
var numberExceptions = []struct{ rule, value, why string }{
	{`--[sd]ports? |multiport`, `[a-z]`, "names of services are built in, and one that Debian has for another protocol is warned of"},
	{`--[sd]port @|--(ah|esp|ipcomp)spi @|--fragid @|--rt-segsleft @|--mh-type @`, `^(0?:|:65535|0:65535|0:4294967295)$`, "iptables-save leaves out a range of all numbers, also where it is negated and matches nothing"},
	{`--connbytes @`, `^0?:0$`, "iptables-save prints 0 alone for 0:0, which is all numbers"},
	{`--ct(orig|repl)(src|dst)port @`, `^1:65536$`, "iptables-save prints 1 alone for a range up to 0, which the kernel holds for empty"},
	{` -[io] @`, `^\+$`, "iptables-save leaves out the device of any name, also where it is negated"},
	{` -[io] @`, `\s`, "iptables-save prints a device's name without quotes"},
	{`--tcp-flags @ SYN`, `^(|,|none|NONE)$`, "iptables-save leaves out a test of no flags, which none can pass"},
	{`--icmp-type @`, `^(255|0xff)/`, "the kernel takes the type 255 for any, whatever the code"},
	{`--ctproto @`, `^OSPF$`, "/etc/protocols is not read: it has OSPFIGP"},
	{`-owner @`, `[A-Za-z]`, "names of users and groups are those of the host where the rules are loaded"},
	{`--seconds @`, `^-\d`, "iptables-save prints large numbers so, and iptables-restore refuses them"},
	{`--probability @`, `(?i)nan`, "no probability: refused"},
	{`--datestop @`, `^1970(-01-01)?$`, "iptables-save leaves it out, and the kernel lets no packet match"},
	{`--dccp-types @`, `^$`, "iptables-save prints no type at all and then cannot be read"},
	{`--zone-(orig|reply) @`, `^0$`, "iptables-save leaves out the zone 0"},
	{`--reject-with @`, `^tcp-`, "-p tcp is asked for by a warning of its own"},
}

// exception says why a value is read otherwise than iptables does, "" where it is not.
func (n numberCase) exception(answer string) string {
	if strings.Contains(answer, "--weekdays  ") {
		return "iptables-save prints no day at all, and iptables-restore cannot read that"
	}
	for _, e := range numberExceptions {
		if regexp.MustCompile(e.rule).MatchString(n.rule) && regexp.MustCompile(e.value).MatchString(n.value) {
			return e.why
		}
	}
	return ""
}
