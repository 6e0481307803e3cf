package compile

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Operation is what one -m recent does.
type Operation uint8

// The four operations.
const (
	Set Operation = iota
	RCheck
	Update
	Remove
)

// String returns the option's name without dashes.
func (o Operation) String() string { return [...]string{"set", "rcheck", "update", "remove"}[o] }

// Recent is a -m recent as written and checked. The pass in lists.go replaces it
// by the list steps that it means; it stays reachable as their Origin.
type Recent struct {
	Op      Operation
	Not     bool
	Name    string
	Seconds uint32 // 0: no window
	Hits    uint32 // 0 or 1: once is enough
	TTL     bool
	Reap    bool
	Side    Side
	// Mask is the mask written, or all ones.
	Mask netip.Addr
	// MaskWritten tells a --mask from its default.
	MaskWritten bool
	Range       ast.Range

	source  source
	at      ast.Range // of -m recent itself
	options []optionPlace
}

// optionPlace is where an option was written; name is its full name.
type optionPlace struct {
	name string
	at   ast.Range
}

// Option returns the place of an option of the match as it was written, with its
// value; name is the full name without dashes. ok is false where it was not given.
func (r *Recent) Option(name string) (at ast.Range, ok bool) {
	for i := range r.options {
		if r.options[i].name == name {
			return r.options[i].at, true
		}
	}
	return ast.Range{}, false
}

// Alone tells whether the text in Range holds nothing but this match, so that it
// can be moved as a whole.
func (r *Recent) Alone() bool {
	end := r.at.End
	for _, o := range r.options {
		at := o.at
		if at.Start.Line != end.Line || at.Start.Column > end.Column+1 {
			return false
		}
		end = at.End
	}
	return end == r.Range.End
}

// Extension implements Step.
func (*Recent) Extension() string { return "recent" }

// Kind implements Step.
func (*Recent) Kind() Kind { return ListStep }

// maxListName is what iptables keeps of a list's name (XT_RECENT_NAME_LEN - 1).
const maxListName = 199

// wrapSeconds is the largest window that cannot wrap at any clock rate of the
// kernel up to 1000 Hz: seconds * HZ is computed in 32 bits.
const wrapSeconds = 4294967

var recentMatch = &extension{
	name: "recent",
	options: []option{
		{name: "set", not: true, multi: true}, {name: "rcheck", not: true, multi: true},
		{name: "update", not: true, multi: true}, {name: "remove", not: true, multi: true},
		{name: "seconds", args: 1}, {name: "hitcount", args: 1}, {name: "rttl"}, {name: "reap"},
		{name: "name", args: 1}, {name: "mask", args: 1}, {name: "rsource"}, {name: "rdest"},
	},
	match: func(c *call) Step {
		if r := buildRecent(c); r != nil {
			return r
		}
		return nil
	},
}

func buildRecent(c *call) *Recent {
	r := &Recent{Name: "DEFAULT", Mask: prefixMask(c.family, addrLen(c.family)*8), Range: c.extent(), source: c.source, at: c.at, options: c.places()}
	failed := c.failed
	c.failed = false
	hasOp := c.operation(r)
	for i := range c.given {
		c.recentOption(r, &c.given[i])
	}
	if hasOp {
		c.recentRules(r)
	}
	if c.failed {
		return nil
	}
	c.failed = failed
	return r
}

// places are those of the match's options.
func (c *call) places() []optionPlace {
	out := make([]optionPlace, len(c.given))
	for i := range c.given {
		out[i] = optionPlace{c.given[i].name, c.given[i].at}
	}
	return out
}

// extent is the text from -m to the last option of the match.
func (c *call) extent() ast.Range {
	if len(c.given) == 0 {
		return c.at
	}
	last := c.given[len(c.given)-1].at
	if last.Start.Line != c.at.Start.Line || last.End.Column < c.at.Start.Column {
		return c.at
	}
	return ast.Range{Start: c.at.Start, End: last.End}
}

var operations = map[string]Operation{"set": Set, "rcheck": RCheck, "update": Update, "remove": Remove}

// operation finds which one of the four is asked for.
func (c *call) operation(r *Recent) (found bool) {
	var first *given
	for i := range c.given {
		g := &c.given[i]
		op, ok := operations[g.name]
		switch {
		case !ok:
		case first != nil:
			c.report(diag.RecentTwoOps, g.at, fmt.Sprintf("--%s and --%s in one -m recent", first.name, g.name),
				"--set, --rcheck, --update and --remove exclude each other: iptables refuses the rule.",
				"Write a second -m recent for the second one; they act in the order written.")
			return false
		default:
			first, r.Op, r.Not = g, op, g.not
		}
	}
	if first == nil {
		c.report(diag.RecentNoOp, c.at, "-m recent without --set, --rcheck, --update or --remove",
			"One of the four must be given: iptables refuses the rule.", "Add the one that is meant: --set records, --rcheck asks.")
	}
	return first != nil
}

func (c *call) recentOption(r *Recent, g *given) {
	switch g.name {
	case "seconds":
		c.recentSeconds(r, g.value())
	case "hitcount":
		if n, ok := c.number(g.value(), 0, 1<<32-1); ok {
			r.Hits = uint32(n)
		}
	case "rttl":
		r.TTL = true
	case "reap":
		r.Reap = true
	case "name":
		c.recentName(r, g.value())
	case "mask":
		c.recentMask(r, g.value())
	case "rsource":
		r.Side = SourceSide
	case "rdest":
		r.Side = DestSide
	}
	if g.name == "rdest" && c.has("rsource") || g.name == "rsource" && c.has("rdest") {
		c.bothSides(g)
	}
}

// bothSides warns once, at the option that wins.
func (c *call) bothSides(g *given) {
	other := c.get(map[string]string{"rdest": "rsource", "rsource": "rdest"}[g.name])
	if g.at.Start.Column > other.at.Start.Column {
		c.warn(diag.RecentBothSides, g.at, "--rsource and --rdest in one match; --"+g.name+" wins because it is last",
			"iptables takes both and keeps the last one.", "Keep only the one that is meant.")
	}
}

func (c *call) recentSeconds(r *Recent, w ast.Word) {
	n, ok := parseUint(w.Text, 1<<32-1)
	saved := ""
	if c := scanNumber(w.Text, 10); c.minus && c.value <= 1<<31 && c.rest == "" && strings.HasPrefix(w.Text, "-") {
		n, ok = uint64(uint32(c.wrapped())), true
		saved = " iptables-save before 1.8.11 writes it as " + w.Text + ", which iptables-restore refuses."
	}
	if !ok || n == 0 {
		c.report(diag.RecentSeconds, w.Range, "--seconds "+w.Text+" is not a number of seconds", "iptables takes 1 to 4294967295.", "Write the window's length in whole seconds.")
		return
	}
	r.Seconds = uint32(n)
	if n > wrapSeconds {
		c.warn(diag.RecentWrap, w.Range, fmt.Sprintf("--seconds %d can wrap in the kernel", n),
			fmt.Sprintf("The kernel computes seconds * HZ in 32 bits; at 250 Hz this window acts as %.1f s. It is translated as it is written.", wrapped(n, 250))+saved,
			"Write at most 4294967, or leave --seconds out to look back for ever.")
	}
}

// wrapped gives the window that the kernel makes of n seconds at a clock rate.
func wrapped(n, hz uint64) float64 { return float64(uint32(n*hz)) / float64(hz) }

func (c *call) recentName(r *Recent, w ast.Word) {
	name := w.Text
	if len(name) > maxListName {
		name = name[:maxListName]
		c.warn(diag.RecentNameCut, w.Range, "the list's name has more than 199 bytes", "iptables cuts it there without a word; this list and any other with the same 199 bytes are one.", "Choose a shorter name.")
	}
	if name == "" || name == "." || name == ".." || strings.ContainsRune(name, '/') {
		c.report(diag.RecentName, w.Range, "\""+w.Text+"\" cannot be the name of a list",
			"It would be a file below /proc/net/xt_recent; the kernel refuses the table and says only \"Invalid argument\".", "Choose a name without a slash.")
	}
	r.Name = name
}

func (c *call) recentMask(r *Recent, w ast.Word) {
	m, ok := c.resolved(w.Text)
	if !ok {
		c.report(diag.BadValue, w.Range, "--mask "+w.Text+" is not an "+familyName(c.family)+" address", "--mask takes a mask such as 255.255.255.0, not a prefix length; iptables refuses the rule.", "")
		return
	}
	r.Mask, r.MaskWritten = m, true
	if n, short := parseUint(w.Text, 128); short {
		fix := "Remove --mask."
		if int(n) <= addrLen(c.family)*8 {
			fix = "For a prefix of " + w.Text + " bits write --mask " + prefixMask(c.family, int(n)).String() + "."
		}
		c.warn(diag.RecentMask, w.Range, "--mask "+w.Text+" is the mask "+m.String()+", not a prefix length",
			"Nearly all addresses count as one with it: the list limits everybody together.", fix)
	}
}

// recentRules checks what the options allow together.
func (c *call) recentRules(r *Recent) {
	writes := r.Op == Set || r.Op == Remove
	for i := range c.given {
		g := &c.given[i]
		switch {
		case writes && (g.name == "seconds" || g.name == "hitcount" && r.Hits > 0):
			c.report(diag.RecentSetWindow, g.at, "--"+g.name+" with --"+r.Op.String(),
				"The kernel refuses the table and says only \"Invalid argument\": --"+r.Op.String()+" acts whatever was recorded before.",
				"Put --"+g.name+" into a rule with --rcheck or --update.")
		case writes && g.name == "rttl":
			c.report(diag.RecentSetTTL, g.at, "--rttl with --"+r.Op.String(), "Only --rcheck and --update compare a TTL; iptables refuses the rule.", "Remove --rttl here.")
		case writes && g.name == "reap":
			c.report(diag.RecentSetReap, g.at, "--reap with --"+r.Op.String(), "--reap goes with the --seconds of --rcheck or --update; the kernel refuses the table with \"Invalid argument\".", "Remove --reap here.")
		case !writes && g.name == "reap" && !c.has("seconds"):
			c.report(diag.RecentReapAlone, g.at, "--reap without --seconds", "--reap removes what is older than --seconds; iptables refuses it alone.", "Add --seconds.")
		case !writes && g.name == "hitcount":
			c.hitcountLimit(r, g)
		}
	}
}

func (c *call) hitcountLimit(r *Recent, g *given) {
	limit, why := c.opts.hitcountLimit()
	if r.Hits > limit {
		c.report(diag.RecentHitcount, g.at, fmt.Sprintf("--hitcount %d is over the kernel's limit of %d", r.Hits, limit),
			"The kernel refuses the table and says only \"Invalid argument\". "+why, fmt.Sprintf("Use at most %d.", limit))
	}
}

// hitcountLimit gives the largest hitcount that the kernel loads, and why.
func (o *Options) hitcountLimit() (limit uint32, why string) {
	k := o.Kernel
	switch {
	case k == (Version{}) && o.IPPktListTot == 0, k.AtLeast(6, 11):
		return 65535, "From Linux 6.11 it is 65535."
	case k.AtLeast(3, 19):
		return 255, "From Linux 3.19 to 6.10 it is 255."
	case o.IPPktListTot > 0:
		return o.IPPktListTot, "It is the ip_pkt_list_tot that was given."
	}
	return 20, "Up to Linux 3.18 it is ip_pkt_list_tot, which is 20 unless set."
}
