package compile_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
)

// TestNumbersKernel asks iptables again about a random part of the table. With
// RECENTC_NUMBERS=update it adds what the table lacks, with "all" it writes it anew.
func TestNumbersKernel(t *testing.T) {
	lab.RequireIPSet(t)
	cases := numberCases()
	want, update := readNumberAnswers(t), os.Getenv("RECENTC_NUMBERS")
	seed := rand.Uint64()
	switch update {
	case "all":
	case "update":
		cases = slices.DeleteFunc(cases, func(n numberCase) bool { _, known := want[n.key()]; return known })
	default:
		t.Logf("seed %d", seed)
		cases = someNumbers(cases, rand.New(rand.NewPCG(seed, 0)))
	}
	got := askNumbers(t, cases)
	if update != "" {
		for key, answer := range want {
			if _, asked := got[key]; !asked {
				got[key] = answer
			}
		}
		if err := got.write(numberTable); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, n := range cases {
		if got[n.key()] != want[n.key()] {
			t.Errorf("%s: iptables makes %q of %s; the table says %q", n.family, got[n.key()], n.text(), want[n.key()])
		}
	}
}

// someNumbers are a few values of a few rules.
func someNumbers(cases []numberCase, r *rand.Rand) (out []numberCase) {
	byRule := append(sameRule(cases, ast.IPv4), sameRule(cases, ast.IPv6)...)
	for _, i := range r.Perm(len(byRule))[:12] {
		group := byRule[i]
		r.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
		out = append(out, group[:min(12, len(group))]...)
	}
	return out
}

// askNumbers loads each case in a namespace, one for each family, and reads it back.
func askNumbers(t *testing.T, cases []numberCase) numberAnswers {
	t.Helper()
	out := numberAnswers{}
	var lock sync.Mutex
	var wait sync.WaitGroup
	for _, family := range []ast.Family{ast.IPv4, ast.IPv6} {
		wait.Add(1)
		go func() {
			defer wait.Done()
			err := lab.WithNamespace(func(ns *lab.Namespace) error {
				if _, err := ns.Run(numberSets(family), "ipset", "restore"); err != nil {
					return err
				}
				for _, group := range sameRule(cases, family) {
					answers := askNumberGroup(ns, group)
					lock.Lock()
					maps.Copy(out, answers)
					lock.Unlock()
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}()
	}
	wait.Wait()
	return out
}

// sameRule puts together the cases of a family that differ in the value alone.
func sameRule(cases []numberCase, f ast.Family) (out [][]numberCase) {
	place := map[string]int{}
	for _, n := range cases {
		if n.family != f {
			continue
		}
		i, known := place[n.rule]
		if !known {
			i = len(out)
			place[n.rule] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], n)
	}
	return out
}

// restorer loads rules of one table and family.
type restorer struct {
	ns    *lab.Namespace
	tool  string
	table string
}

// askNumberGroup takes out what iptables cannot read, one rule after the other,
// loads the rest, and reads it back. A comment tells which rule is which.
func askNumberGroup(ns *lab.Namespace, group []numberCase) numberAnswers {
	tool := map[ast.Family]string{ast.IPv4: "iptables-legacy", ast.IPv6: "ip6tables-legacy"}[group[0].family]
	r := restorer{ns, tool, group[0].table}
	out := numberAnswers{}
	var readable []int
	for i := 0; i < len(group); i++ {
		out[group[i].key()] = ""
	}
	for rest := 0; rest < len(group); {
		bad := r.firstUnreadable(group[rest:])
		for i := rest; i < rest+bad; i++ {
			readable = append(readable, i)
		}
		rest += bad + 1
	}
	r.load(group, readable, out)
	return out
}

func marked(n numberCase, i int) string {
	return fmt.Sprintf("%s -m comment --comment n%dx", n.text(), i)
}

var errorLine = regexp.MustCompile(`(?:line:|line) (\d+)`)

// firstUnreadable gives the place of the first rule that iptables cannot read,
// or how many there are. Without COMMIT nothing is loaded.
func (r restorer) firstUnreadable(group []numberCase) int {
	var b strings.Builder
	b.WriteString("*" + r.table + "\n")
	for i, n := range group {
		b.WriteString(marked(n, i) + "\n")
	}
	_, err := r.ns.Run(b.String()+"COMMIT\n", r.tool+"-restore", "--test")
	if err == nil {
		return len(group)
	}
	m := errorLine.FindAllStringSubmatch(err.Error(), -1)
	if m == nil {
		panic(err)
	}
	line, _ := strconv.Atoi(m[len(m)-1][1])
	return min(line-2, len(group))
}

// load loads rules together, or each half of them where the kernel refuses some.
func (r restorer) load(group []numberCase, which []int, out numberAnswers) {
	if len(which) == 0 {
		return
	}
	var b strings.Builder
	b.WriteString("*" + r.table + "\n")
	for _, i := range which {
		b.WriteString(marked(group[i], i) + "\n")
	}
	if _, err := r.ns.Run(b.String()+"COMMIT\n", r.tool+"-restore"); err != nil {
		if half := len(which) / 2; half > 0 {
			r.load(group, which[:half], out)
			r.load(group, which[half:], out)
		}
		return
	}
	saved, err := r.ns.Run("", r.tool+"-save", "-c", "-t", r.table)
	if err != nil {
		panic(err)
	}
	for _, i := range which {
		out[group[i].key()] = savedNumber(group[i], fmt.Sprintf(" -m comment --comment n%dx", i), saved)
	}
}

// savedNumber finds a rule in what iptables-save prints; without its counters, unless those are asked for.
func savedNumber(n numberCase, mark, saved string) string {
	var rules []string
	for _, line := range strings.Split(saved, "\n") {
		if !strings.Contains(line, mark) {
			continue
		}
		line = strings.Replace(line, mark, "", 1)
		if !strings.Contains(n.rule, " -c ") {
			_, line, _ = strings.Cut(line, "] ")
		}
		rules = append(rules, line)
	}
	return strings.Join(rules, " ;; ")
}
