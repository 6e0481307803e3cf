package compile

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// HashLimit counts packets by what they have in common, in a table that all
// rules of its Name share, and holds for packets up to a rate, or above it. Two
// HashLimits of one name that differ in anything but Above are not the same
// table to a backend.
type HashLimit struct {
	Name  string
	Above bool
	HashTable
}

// HashTable is how a HashLimit counts.
type HashTable struct {
	Rate  Rate
	Burst uint32
	// Source and Dest tell whether the address counts, of which the first bits
	// only. SourcePort and DestPort tell the same of the ports.
	Source, Dest         bool
	SourceBits, DestBits int
	SourcePort, DestPort bool
	// Expire is after how many milliseconds of silence a count is forgotten.
	Expire uint32
	// Size is how many counts there can be. A packet that finds no room is
	// dropped by iptables.
	Size uint32
}

// Extension implements Step.
func (*HashLimit) Extension() string { return "hashlimit" }

// Kind implements Step.
func (*HashLimit) Kind() Kind { return Meter }

// hashScale is XT_HASHLIMIT_SCALE_v2: a rate is kept as microseconds.
const hashScale = 1000000

// The kernel's table has 8192 buckets on hosts with more than 1 GiB, and a
// million at most.
const (
	hashBuckets    = 8192
	maxHashBuckets = 1048576
)

var hashlimitMatch = &extension{
	name: "hashlimit",
	options: []option{
		{name: "hashlimit-upto", args: 1, not: true}, {name: "hashlimit", args: 1, not: true, same: "hashlimit-upto"},
		{name: "hashlimit-above", args: 1, not: true}, {name: "hashlimit-srcmask", args: 1}, {name: "hashlimit-dstmask", args: 1},
		{name: "hashlimit-burst", args: 1}, {name: "hashlimit-htable-size", args: 1}, {name: "hashlimit-htable-max", args: 1},
		{name: "hashlimit-htable-gcinterval", args: 1}, {name: "hashlimit-htable-expire", args: 1}, {name: "hashlimit-mode", args: 1},
		{name: "hashlimit-name", args: 1}, {name: "hashlimit-rate-match"}, {name: "hashlimit-rate-interval", args: 1},
	},
	match: func(c *call) Step {
		m := &HashLimit{HashTable: HashTable{Burst: 5, SourceBits: addrLen(c.family) * 8, DestBits: addrLen(c.family) * 8}}
		if !c.hashLimitRules() || !c.hashRate(m) {
			return nil
		}
		ok := c.each(func(g *given) bool { return c.hashOption(m, g) })
		if !ok || !c.hashFits(m) {
			return nil
		}
		c.hashSize(m)
		return m
	},
}

func (c *call) hashLimitRules() bool {
	upto, above := c.get("hashlimit-upto"), c.get("hashlimit-above")
	switch {
	case upto == nil && above == nil:
		c.missing("--hashlimit-upto RATE or --hashlimit-above RATE")
	case upto != nil && above != nil:
		c.conflict(above, "hashlimit-upto")
	case c.need("hashlimit-name", "NAME") == nil:
	default:
		return c.hashExpressible()
	}
	return false
}

// hashExpressible refuses what counts in another way than any rate limit.
func (c *call) hashExpressible() bool {
	for _, name := range []string{"hashlimit-rate-match", "hashlimit-rate-interval"} {
		if g := c.get(name); g != nil {
			c.unsupported(g.at, "--"+name, "nftables limits a rate, and does not measure one over an interval.")
			return false
		}
	}
	for _, name := range []string{"hashlimit-upto", "hashlimit-above"} {
		if g := c.get(name); g != nil && strings.Contains(g.value().Text, "b/s") {
			c.unsupported(g.at, "--"+name+" in bytes", "hashlimit counts bytes in blocks of 16, and gives its burst only once; nftables does neither. Limit packets.")
			return false
		}
	}
	return true
}

// hashRate reads the rate. A table forgets after its unit, unless told otherwise.
func (c *call) hashRate(m *HashLimit) bool {
	g := c.get("hashlimit-upto")
	if g == nil {
		g = c.get("hashlimit-above")
	}
	m.Above = (g.name == "hashlimit-above") != g.not
	interval, ok := c.interval(g.value(), hashScale)
	if !ok {
		return false
	}
	m.Rate = savedRate(interval, hashScale)
	m.Expire = 1000
	if _, unit, has := strings.Cut(g.value().Text, "/"); has {
		per, _ := unitOf(unit)
		m.Expire = per.Seconds() * 1000
	}
	return true
}

func (c *call) hashOption(m *HashLimit, g *given) (ok bool) {
	var n uint64
	switch g.name {
	case "hashlimit-burst":
		m.Burst, ok = c.hashBurst(g.value())
	case "hashlimit-srcmask":
		m.SourceBits, ok = c.prefixLength(g.value())
	case "hashlimit-dstmask":
		m.DestBits, ok = c.prefixLength(g.value())
	case "hashlimit-htable-expire":
		n, ok = c.number(g.value(), 1, 1<<32-1)
		m.Expire = uint32(n)
	case "hashlimit-htable-gcinterval":
		_, ok = c.number(g.value(), 1, 1<<32-1)
	case "hashlimit-htable-size", "hashlimit-htable-max":
		_, ok = c.number(g.value(), 0, 1<<32-1)
	case "hashlimit-mode":
		ok = c.hashMode(m, g.value())
	case "hashlimit-name":
		m.Name, ok = g.value().Text, c.hashName(g.value())
	default:
		return true
	}
	return ok
}

// hashBurst reads a number, in units of 1024 or 1048576 if a k or m follows. What else
// follows is nothing to iptables.
func (c *call) hashBurst(w ast.Word) (uint32, bool) {
	n, rest, ok := leadingUint(w.Text, 1000000)
	unit := uint64(1)
	switch {
	case strings.HasPrefix(rest, "k"):
		unit, rest = 1024, rest[1:]
	case strings.HasPrefix(rest, "m"):
		unit, rest = 1024*1024, rest[1:]
	}
	n *= unit
	if !ok || n < 1 || n > 1000000 {
		c.bad(w, "%q is not a number from 1 to 1000000", w.Text)
		return 0, false
	}
	if rest != "" && rest != "b" {
		c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q is the number %d", w.Text, n), "iptables ignores what stands behind it. So does the translation.", "Write the number that is meant.")
	}
	return uint32(n), true
}

func (c *call) hashName(w ast.Word) bool {
	if w.Text == "" || w.Text == "." || w.Text == ".." || len(w.Text) > 254 || strings.ContainsRune(w.Text, '/') {
		c.bad(w, "%q cannot be the name of a table: it would be a file below /proc/net/ipt_hashlimit", w.Text)
		return false
	}
	return true
}

func (c *call) hashMode(m *HashLimit, w ast.Word) bool {
	for _, p := range notEmpty(split(w, ',')) {
		i, ok := c.exactly(p, "srcip", "dstip", "srcport", "dstport")
		if !ok {
			return false
		}
		*[]*bool{&m.Source, &m.Dest, &m.SourcePort, &m.DestPort}[i] = true
	}
	return true
}

// hashSize computes the size of the table as the kernel does.
func (c *call) hashSize(m *HashLimit) {
	buckets, size := uint64(hashBuckets), uint64(0)
	if g := c.get("hashlimit-htable-size"); g != nil {
		buckets, _ = parseUint(g.value().Text, 1<<32-1)
	}
	if g := c.get("hashlimit-htable-max"); g != nil {
		size, _ = parseUint(g.value().Text, 1<<32-1)
	}
	if buckets == 0 {
		buckets = hashBuckets
	}
	buckets, size = min(buckets, maxHashBuckets), min(size, maxHashBuckets)
	if size == 0 {
		size = 8 * buckets
	}
	m.Size = uint32(max(size, buckets))
}

// hashCredits is what the kernel makes of a microsecond at a clock of 250 Hz.
const hashCredits = 137438953

// hashFits repeats the kernel's arithmetic, which is 64 bits wide.
func (c *call) hashFits(m *HashLimit) bool {
	interval := hashScale * uint64(m.Rate.Per.Seconds()) / uint64(m.Rate.Count)
	over, bucket := bits.Mul64(interval*uint64(m.Burst), hashCredits)
	if bucket < interval*hashCredits {
		c.report(diag.BadValue, c.at, fmt.Sprintf("a burst of %d packets is not possible at this rate", m.Burst),
			"The kernel refuses the table with \"Numerical result out of range\".", "Write a smaller --hashlimit-burst.")
		return false
	}
	if over > 0 {
		c.warn(diag.OddValue, c.at, fmt.Sprintf("a burst of %d packets at this rate overflows in the kernel", m.Burst),
			"The kernel counts in 64 bits and allows fewer packets at once. It is translated as it is written.", "Write a smaller --hashlimit-burst.")
	}
	return true
}
