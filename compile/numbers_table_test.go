package compile_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
)

// numberCase is one value of one option in one family.
type numberCase struct {
	numberRule
	family ast.Family
	value  string
}

// text is the rule with the value, quoted where a save file needs it.
func (n numberCase) text() string { return strings.Replace(n.rule, "@", restoreWord(n.value), 1) }

// restoreWord writes a word as iptables-restore reads it back.
func restoreWord(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n\"\\'") {
		return s
	}
	return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(s) + `"`
}

// numberFile is a file for iptables-restore with rules of one table.
func numberFile(table, rule string) string { return "*" + table + "\n" + rule + "\nCOMMIT\n" }

// numberSets are the sets of ipset that the rules name.
func numberSets(f ast.Family) string {
	inet := map[ast.Family]string{ast.IPv4: "inet", ast.IPv6: "inet6"}[f]
	return "create numbers hash:ip family " + inet + " timeout 0 counters\n"
}

// numberCases are all values of all options.
func numberCases() (out []numberCase) {
	for _, r := range numberRules {
		for _, f := range []ast.Family{ast.IPv4, ast.IPv6} {
			if !strings.Contains(r.families, familyDigit(f)) {
				continue
			}
			for _, v := range numberKinds(r.kinds) {
				out = append(out, numberCase{r, f, v})
			}
		}
	}
	return out
}

func familyDigit(f ast.Family) string {
	if f == ast.IPv6 {
		return "6"
	}
	return "4"
}

func numberKinds(kinds string) (out []string) {
	for _, k := range strings.Split(kinds, ",") {
		for _, v := range numberValues[k] {
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

const numberTable = "testdata/numbers.txt"

// numberAnswers is what iptables makes of each case: "" where it refuses it, or
// the rule that iptables-save prints.
type numberAnswers map[string]string

func (n numberCase) key() string {
	return familyDigit(n.family) + " " + n.table + " " + n.rule + "\x00" + n.value
}

// write makes the file: under each rule a line for each answer, and the values
// that have it.
func (a numberAnswers) write(path string) error {
	var b strings.Builder
	b.WriteString(numberTableHead)
	head := ""
	var order []string
	values := map[string][]string{}
	flush := func() {
		for _, answer := range order {
			fmt.Fprintf(&b, "%s\t%s\n", answer, strings.Join(values[answer], " "))
		}
		order, values = nil, map[string][]string{}
	}
	for _, n := range numberCases() {
		rule, _, _ := strings.Cut(n.key(), "\x00")
		if rule != head {
			flush()
			head = rule
			fmt.Fprintf(&b, "\n%s\n", rule)
		}
		answer := a[n.key()]
		if answer == "" {
			answer = "refused"
		}
		if values[answer] == nil {
			order = append(order, answer)
		}
		values[answer] = append(values[answer], strconv.Quote(n.value))
	}
	flush()
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

const numberTableHead = `# What iptables and ip6tables 1.8.9 make of values: a rule with "@" for the value, and
# below it each answer (what iptables-save prints, or "refused") with the values that have it.
# Made by running them: RECENTC_NUMBERS=update go test ./compile -run TestNumbersKernel (as root).
`

func readNumberAnswers(t *testing.T) numberAnswers {
	t.Helper()
	f, err := os.Open(numberTable)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out, rule := numberAnswers{}, ""
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		tab := strings.LastIndexByte(line, '\t') // an answer may have some
		switch {
		case strings.HasPrefix(line, "#") || line == "":
		case tab < 0:
			rule = line
		default:
			answer, values := line[:tab], line[tab+1:]
			for values != "" {
				q, err := strconv.QuotedPrefix(values)
				if err != nil {
					t.Fatalf("%s: %v", line, err)
				}
				v, _ := strconv.Unquote(q)
				out[rule+"\x00"+v] = strings.TrimPrefix(answer, "refused")
				values = strings.TrimPrefix(values[len(q):], " ")
			}
		}
	}
	return out
}
