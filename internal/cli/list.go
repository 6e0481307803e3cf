package cli

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/live"
	"github.com/urfave/cli/v2"
)

func (c *Command) listCommand() *cli.Command {
	return &cli.Command{
		Name:      "list",
		Usage:     "show and change the loaded lists, as /proc/net/xt_recent does",
		ArgsUsage: "[show NAME | add NAME ADDR... | del NAME ADDR... | flush NAME]",
		Description: "Without arguments it shows all lists. show prints the addresses of one, with the ages of\n" +
			"their stamps and the hits in each window. add stamps addresses now, del removes them,\n" +
			"flush empties the list; - reads addresses from standard input. A list's mask is applied\n" +
			"to the addresses given. A list that is both in the tables and in the BPF programs that\n" +
			"are loaded needs -b. Needs root.",
		Flags: []cli.Flag{
			tableFlag(), loadedBackend(),
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
		},
		Action: c.list,
	}
}

func (c *Command) list(ctx *cli.Context) error {
	run, err := c.listAction(ctx, ctx.Args().Slice())
	if err != nil {
		return err
	}
	at, err := lookAt(ctx)
	if err != nil {
		return err
	}
	if what := ctx.Args().First(); what != "" && what != "show" {
		err = c.recover()
	}
	if err != nil {
		return err
	}
	t, err := live.ReadTrial()
	if err != nil {
		return liveError(err)
	}
	if t != nil {
		c.notes([]string{t.String()})
	}
	return run(at)
}

// listAction finds out what is asked, and that it is asked well.
func (c *Command) listAction(ctx *cli.Context, args []string) (func(look) error, error) {
	table := ctx.String("table")
	if len(args) == 0 {
		return func(at look) error { return c.lists(ctx, at) }, nil
	}
	what, name, rest := args[0], "", args[1:]
	if len(rest) > 0 {
		name, rest = rest[0], rest[1:]
	}
	action := func(do func(look) error) (func(look) error, error) {
		return func(at look) error {
			if err := at.oneList(table, name); err != nil {
				return err
			}
			return do(at)
		}, nil
	}
	switch what {
	case "show", "flush":
		if name == "" || len(rest) > 0 {
			return nil, usage("list %s takes the name of one list", what)
		}
		if what == "flush" {
			return action(func(at look) error { return liveError(at.flush(table, name)) })
		}
		return action(func(at look) error { return c.showList(ctx, at, name) })
	case "add", "del":
		if len(rest) == 0 {
			return nil, usage("list %s takes the name of a list and at least one address, or - to read them", what)
		}
		addrs, err := c.addresses(rest)
		if err != nil {
			return nil, liveError(err)
		}
		return action(func(at look) error { return c.editList(what, at.change(what, table), name, addrs) })
	}
	return nil, usage("list %s: there is show, add, del and flush", what)
}

// flush empties the list where it is.
func (l look) flush(table, name string) error {
	if l.ebpf {
		return live.FlushProgramList(name)
	}
	return live.Flush(table, name)
}

// change is what changes a list where it is.
func (l look) change(what, table string) func(string, []netip.Addr) (live.Edit, error) {
	if l.ebpf {
		return map[string]func(string, []netip.Addr) (live.Edit, error){"add": live.AddToPrograms, "del": live.DelFromPrograms}[what]
	}
	do := map[string]func(string, string, []netip.Addr) (live.Edit, error){"add": live.Add, "del": live.Del}[what]
	return func(name string, addrs []netip.Addr) (live.Edit, error) { return do(table, name, addrs) }
}

// addresses reads those of the command line; "-" stands for standard input.
func (c *Command) addresses(words []string) (out []netip.Addr, err error) {
	for _, w := range words {
		var more []netip.Addr
		if w == "-" {
			more, err = live.ReadAddrs(c.Stdin)
		} else {
			more, err = live.ParseAddrs([]string{w})
		}
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func (c *Command) editList(what string, change func(string, []netip.Addr) (live.Edit, error), name string, addrs []netip.Addr) error {
	done := map[string]string{"add": "stamped", "del": "removed"}[what]
	e, err := change(name, addrs)
	if err != nil {
		return liveError(err)
	}
	given := make([]netip.Addr, 0, len(e.Masked))
	for a := range e.Masked {
		given = append(given, a)
	}
	slices.SortFunc(given, netip.Addr.Compare)
	for i, a := range given {
		if i == 5 {
			display.Fprintf(c.Stderr, "recentc: note: and %d more, likewise\n", len(given)-i)
			break
		}
		display.Fprintf(c.Stderr, "recentc: note: %s is %s in this list, by its mask\n", a, e.Masked[a])
	}
	for _, w := range e.Uncounted {
		display.Fprintf(c.Stderr, "recentc: note: %s is a token bucket, in which an address by hand does not count\n", w)
	}
	display.Fprintf(c.Stdout, "addresses %s: %d\n", done, e.Changed)
	return nil
}

func (c *Command) lists(ctx *cli.Context, at look) error {
	lists, err := summaries(ctx.String("table"), at)
	if err != nil {
		return liveError(err)
	}
	if ctx.Bool("json") {
		if lists == nil {
			lists = []live.Summary{}
		}
		if t, err := live.ReadTrial(); err == nil {
			for i := range lists {
				lists[i].Trial = t
			}
		}
		return liveError(c.encode(c.Stdout, lists, true))
	}
	if len(lists) == 0 {
		fmt.Fprintln(c.Stdout, "no list is loaded")
		return nil
	}
	writeSummaries(c.Stdout, lists)
	return nil
}

func summaries(table string, at look) (out []live.Summary, err error) {
	if at.nft {
		if out, err = live.Summarize(table); err != nil {
			return nil, err
		}
	}
	if at.ebpf {
		more, err := live.SummarizePrograms()
		return append(out, more...), err
	}
	return out, nil
}

func writeSummaries(w io.Writer, lists []live.Summary) {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tFAMILY\tADDRESSES\tROOM\tHELD\tMASK\tWINDOWS"+backendColumn(lists, "\tBACKEND"))
	for _, l := range lists {
		mask := l.Mask
		if mask == "" {
			mask = "-"
		}
		var windows []string
		for _, w := range l.Windows {
			windows = append(windows, windowText(w))
		}
		row := display.Sprintf("%s\t%s\t%d\t%d\t%d\t%s\t%s", l.Name, l.Family, l.Addresses, l.Capacity, l.Held, mask, strings.Join(windows, ", "))
		fmt.Fprintln(t, row+backendColumn(lists, "\t"+display.Line(l.Backend)))
	}
	t.Flush()
}

// backendColumn is a column's text where not all lists are in tables.
func backendColumn(lists []live.Summary, text string) string {
	if slices.ContainsFunc(lists, func(l live.Summary) bool { return l.Backend != "nft" }) {
		return text
	}
	return ""
}

// windowText names a question of a list: "4 in 60s", "1 ever".
func windowText(w live.Window) string {
	if w.Seconds == 0 {
		return fmt.Sprintf("%d ever", w.Hits)
	}
	return fmt.Sprintf("%d in %ds", w.Hits, w.Seconds)
}

// mostAges is how many ages of an address the table shows; --json has them all.
const mostAges = 6

func (c *Command) showList(ctx *cli.Context, at look, name string) (err error) {
	var entries []live.Entry
	if at.ebpf {
		entries, err = live.ShowProgramList(name)
	} else {
		entries, err = live.Show(ctx.String("table"), name)
	}
	if err != nil {
		return liveError(err)
	}
	if ctx.Bool("json") {
		return liveError(c.encode(c.Stdout, entries, true))
	}
	out := bufio.NewWriter(c.Stdout)
	defer out.Flush()
	if len(entries) == 0 {
		fmt.Fprintln(out, "the list is empty")
		return nil
	}
	if at.ebpf {
		writeProgramEntries(out, entries)
		return nil
	}
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	defer t.Flush()
	fmt.Fprintln(t, "ADDRESS\tLAST SEEN\tHITS\tOVER\tAGES")
	for _, e := range entries {
		writeEntry(t, e)
	}
	return nil
}

func writeEntry(w io.Writer, e live.Entry) {
	hits, over := windowTexts(e)
	var ages []float64
	for _, h := range e.Windows {
		if len(h.Ages) > len(ages) {
			ages = h.Ages
		}
	}
	last := "?"
	if age, ok := e.Youngest(); ok {
		last = ageText(age) + " ago"
	}
	display.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Addr, last, hits, over, agesText(ages))
}

// windowTexts are the hits in each window, and those windows whose answer is yes.
func windowTexts(e live.Entry) (hits, over string) {
	var h, o []string
	for _, w := range e.Windows {
		text := windowText(w.Window)
		h = append(h, fmt.Sprintf("%d of %s", w.Count, text))
		if w.Over {
			o = append(o, text)
		}
	}
	if e.Held {
		o = append(o, "held")
	}
	if len(o) == 0 {
		o = []string{"no"}
	}
	return strings.Join(h, ", "), strings.Join(o, ", ")
}

func agesText(ages []float64) string {
	var out []string
	for i, age := range ages {
		if i == mostAges {
			out = append(out, "...")
			break
		}
		out = append(out, ageText(age))
	}
	if out == nil {
		return "-"
	}
	return strings.Join(out, " ")
}

// ageText writes an age to the tenth of a second, and long ones to the second.
func ageText(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < 10*time.Minute {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
