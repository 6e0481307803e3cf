package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// How much is made of what is weighed: so much that what others do on the machine
// does not count.
const (
	listsWeighed     = 200
	addressesWeighed = 50_000
	// xtLists lists of 100 addresses are what xt_recent gets, which holds no more in one.
	xtLists = 300
)

func writeMemory(w io.Writer) error {
	fmt.Fprint(w, `## Memory

What the kernel's own memory (unreclaimable slabs, vmalloc, per-CPU) grows by: with lists that are empty, and with
addresses in a list. Each pair of rules is `+"`--set`"+` and `+"`--update --seconds 60 --hitcount N`"+`.

| | an empty list | an address with one packet | an address over the limit |
|---|---|---|---|
`)
	for _, hits := range []int{4, 20} {
		if err := memoryRow(w, fmt.Sprintf("recentc, nftables, hitcount %d", hits), hits, nft.Options{}); err != nil {
			return err
		}
	}
	if err := memoryRow(w, "recentc, nftables, meter, hitcount 4", 4, nft.Options{Meter: true}); err != nil {
		return err
	}
	return xtRow(w)
}

func memoryRow(w io.Writer, name string, hits int, opts nft.Options) error {
	empty, err := emptyLists(hits, opts)
	if err != nil {
		return err
	}
	script := config{name: name, load: func(ns *lab.Namespace) error { return loadNFT(ns, limitRules(hits), opts) }}
	one, full, err := weighAddresses(script, addressesWeighed, 1, hits+1)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "| %s | %.0f KiB | %.0f bytes | %.0f bytes |\n", name, empty/1024, one, full)
	return nil
}

// emptyLists weighs a list, its rules included, which are few enough to get sets of their own.
func emptyLists(hits int, opts nft.Options) (float64, error) {
	var one float64
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		script, err := translated(limitRules(hits), opts)
		if err != nil {
			return err
		}
		var all strings.Builder
		for n := range listsWeighed {
			all.WriteString(strings.ReplaceAll(script, "recentc", fmt.Sprintf("list%d", n)))
		}
		before := kernelMemory()
		if _, err := ns.Run(all.String(), "nft", "-f", "-"); err != nil {
			return err
		}
		one = (kernelMemory() - before) / listsWeighed
		return nil
	})
	return one, err
}

// weighAddresses weighs n addresses after first packets of each, and after all of them.
func weighAddresses(c config, n, first, all int) (one, full float64, err error) {
	s, err := newStation(c)
	if err != nil {
		return 0, 0, err
	}
	defer s.close()
	sc := scenario{sources: n, batch: min(n, 1000), rounds: n * first / min(n, 1000)}
	before := kernelMemory()
	if err := sc.measure([]*station{s}); err != nil {
		return 0, 0, err
	}
	one = (kernelMemory() - before) / float64(n)
	sc.rounds = n * (all - first) / sc.batch
	if err := sc.measure([]*station{s}); err != nil {
		return 0, 0, err
	}
	return one, (kernelMemory() - before) / float64(n), nil
}

func xtRow(w io.Writer) error {
	rules := "*filter\n"
	for n := range xtLists {
		rules += fmt.Sprintf("-A INPUT -m recent --name L%d --set\n-A INPUT -m recent --name L%d --rcheck --seconds 60 --hitcount 4\n", n, n)
	}
	c := config{name: "xt_recent, hitcount 4", load: lab.Legacy("", rules+"COMMIT\n", "").Load}
	one, _, err := weighAddresses(c, 100, 1, 1)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "| %s | | %.0f bytes | the same |\n\n", c.name, one/xtLists)
	return nil
}

// kernelMemory is the memory that sets and lists are made of, in bytes, once
// what is about to be freed is: a namespace goes in the background.
func kernelMemory() float64 {
	const enough = 128 << 10
	last := memoryNow()
	for range 20 {
		time.Sleep(500 * time.Millisecond)
		now := memoryNow()
		if math.Abs(now-last) < enough {
			return now
		}
		last = now
	}
	return last
}

func memoryNow() (sum float64) {
	text, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		if name == "SUnreclaim" || name == "VmallocUsed" || name == "Percpu" {
			var kib float64
			fmt.Sscan(value, &kib)
			sum += kib * 1024
		}
	}
	return sum
}
