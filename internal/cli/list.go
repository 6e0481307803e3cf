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
			"to the addresses given. Needs root.",
		Flags: []cli.Flag{
			tableFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
		},
		Action: c.list,
	}
}

func (c *Command) list(ctx *cli.Context) error {
	args := ctx.Args().Slice()
	run, err := c.listAction(ctx, args)
	if err != nil {
		return err
	}
	if err := live.Ready(); err != nil {
		return exitError{exitSystem, "list: " + err.Error()}
	}
	return run()
}

// listAction finds out what is asked, and that it is asked well.
func (c *Command) listAction(ctx *cli.Context, args []string) (func() error, error) {
	table := ctx.String("table")
	if len(args) == 0 {
		return func() error { return c.lists(ctx, table) }, nil
	}
	what, name, rest := args[0], "", args[1:]
	if len(rest) > 0 {
		name, rest = rest[0], rest[1:]
	}
	switch what {
	case "show", "flush":
		if name == "" || len(rest) > 0 {
			return nil, usage("list %s takes the name of one list", what)
		}
		if what == "flush" {
			return func() error { return liveError(live.Flush(table, name)) }, nil
		}
		return func() error { return c.showList(ctx, table, name) }, nil
	case "add", "del":
		if len(rest) == 0 {
			return nil, usage("list %s takes the name of a list and at least one address, or - to read them", what)
		}
		addrs, err := c.addresses(rest)
		if err != nil {
			return nil, liveError(err)
		}
		return func() error { return c.editList(what, table, name, addrs) }, nil
	}
	return nil, usage("list %s: there is show, add, del and flush", what)
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

func (c *Command) editList(what, table, name string, addrs []netip.Addr) error {
	change, done := live.Add, "stamped"
	if what == "del" {
		change, done = live.Del, "removed"
	}
	e, err := change(table, name, addrs)
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
			fmt.Fprintf(c.Stderr, "recentc: note: and %d more, likewise\n", len(given)-i)
			break
		}
		fmt.Fprintf(c.Stderr, "recentc: note: %s is %s in this list, by its mask\n", a, e.Masked[a])
	}
	for _, w := range e.Uncounted {
		fmt.Fprintf(c.Stderr, "recentc: note: %s is a token bucket, in which an address by hand does not count\n", w)
	}
	fmt.Fprintf(c.Stdout, "addresses %s: %d\n", done, e.Changed)
	return nil
}

func (c *Command) lists(ctx *cli.Context, table string) error {
	lists, err := live.Summarize(table)
	if err != nil {
		return liveError(err)
	}
	if ctx.Bool("json") {
		if lists == nil {
			lists = []live.Summary{}
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

func writeSummaries(w io.Writer, lists []live.Summary) {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tFAMILY\tADDRESSES\tROOM\tHELD\tMASK\tWINDOWS")
	for _, l := range lists {
		mask := l.Mask
		if mask == "" {
			mask = "-"
		}
		var windows []string
		for _, w := range l.Windows {
			windows = append(windows, windowText(w))
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%s\t%s\n", l.Name, l.Family, l.Addresses, l.Capacity, l.Held, mask, strings.Join(windows, ", "))
	}
	t.Flush()
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

func (c *Command) showList(ctx *cli.Context, table, name string) error {
	entries, err := live.Show(table, name)
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
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	defer t.Flush()
	fmt.Fprintln(t, "ADDRESS\tLAST SEEN\tHITS\tOVER\tAGES")
	for _, e := range entries {
		writeEntry(t, e)
	}
	return nil
}

func writeEntry(w io.Writer, e live.Entry) {
	var hits, over []string
	var ages []float64
	for _, h := range e.Windows {
		text := windowText(h.Window)
		hits = append(hits, fmt.Sprintf("%d of %s", h.Count, text))
		if h.Over {
			over = append(over, text)
		}
		if len(h.Ages) > len(ages) {
			ages = h.Ages
		}
	}
	if e.Held {
		over = append(over, "held")
	}
	last := "?"
	if age, ok := e.Youngest(); ok {
		last = ageText(age) + " ago"
	}
	if len(over) == 0 {
		over = []string{"no"}
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Addr, last, strings.Join(hits, ", "), strings.Join(over, ", "), agesText(ages))
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
