package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/live"
	"github.com/urfave/cli/v2"
)

func (c *Command) statusCommand() *cli.Command {
	return &cli.Command{
		Name:  "status",
		Usage: "show what of recentc's is loaded, with counters",
		Description: "Shows the tables and BPF programs, each rule with its counter and its iptables text, the\n" +
			"lists with their sizes, and the sources that are held over a limit. With --follow it prints\n" +
			"what BPF programs log, or where none does the status again every second. Needs root.",
		Flags: []cli.Flag{
			tableFlag(), loadedBackend(),
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.BoolFlag{Name: "follow", Aliases: []string{"f"}, Usage: "go on until interrupted"},
		},
		Action: c.status,
	}
}

func (c *Command) status(ctx *cli.Context) error {
	if ctx.NArg() > 0 {
		return usage("status takes no file names; it shows what is loaded")
	}
	at, err := lookAt(ctx)
	if err != nil {
		return err
	}
	if !ctx.Bool("follow") {
		return c.printStatus(ctx, at, "")
	}
	stop, done := signal.NotifyContext(ctx.Context, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer done()
	if at.ebpf {
		logs, err := live.ProgramsLog()
		if err != nil {
			return liveError(err)
		}
		if logs {
			return c.followEvents(stop, ctx)
		}
	}
	return c.followStatus(stop, ctx, at)
}

// followStatus prints every second.
func (c *Command) followStatus(stop context.Context, ctx *cli.Context, at look) error {
	clear := ""
	if isTerminal(c.Stdout) {
		clear = "\033[H\033[2J"
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := c.printStatus(ctx, at, clear); err != nil {
			return err
		}
		select {
		case <-stop.Done():
			return nil
		case <-tick.C:
		}
	}
}

// printStatus prints once. A status that is followed as JSON takes one line each time.
func (c *Command) printStatus(ctx *cli.Context, at look, before string) error {
	s, err := readStatus(ctx.String("table"), at)
	if err != nil {
		return liveError(err)
	}
	var b bytes.Buffer
	b.WriteString(before)
	if ctx.Bool("json") {
		err = c.encode(&b, s, !ctx.Bool("follow"))
	} else {
		writeStatus(&b, s)
	}
	if err == nil {
		_, err = c.Stdout.Write(b.Bytes())
	}
	return liveError(err)
}

func readStatus(table string, at look) (s *live.Status, err error) {
	s = live.NewStatus()
	if at.nft {
		if s, err = live.Read(table); err != nil {
			return nil, err
		}
	}
	if at.ebpf {
		if err = s.ReadPrograms(); err != nil {
			return s, err
		}
	}
	s.Trial, err = live.ReadTrial()
	return s, err
}

func (c *Command) encode(w io.Writer, v any, indent bool) error {
	return display.JSON(w, v, indent)
}

func writeStatus(w io.Writer, s *live.Status) {
	if s.Trial != nil {
		fmt.Fprintf(w, "trial: %v\n", s.Trial)
	}
	if len(s.Tables) == 0 && s.Programs == nil {
		fmt.Fprintln(w, "nothing of recentc's is loaded")
		return
	}
	for _, t := range s.Tables {
		writeTable(w, t)
	}
	if s.Programs != nil {
		writePrograms(w, s.Programs)
	}
	if len(s.Lists) > 0 {
		fmt.Fprintln(w, "lists")
		writeSummaries(w, s.Lists)
	}
	for _, h := range s.Held {
		display.Fprintf(w, "held over the limit of list %s: %s\n", h.List, h.Addr)
	}
}

func writeTable(w io.Writer, t live.TableStatus) {
	display.Fprintf(w, "table %s %s\n", t.Family, t.Name)
	if !t.Sources {
		fmt.Fprintln(w, "  (not loaded by recentc apply since the last boot: the rules are shown as nft lists them)")
	}
	for _, chain := range t.Chains {
		display.Fprintf(w, "  chain %s", chain.Name)
		if chain.Hook != "" {
			display.Fprintf(w, "  (%s)", chain.Hook)
		}
		fmt.Fprintln(w)
		writeRules(w, chain.Rules, chain.Policy)
	}
}

func writeRules(w io.Writer, rules []live.RuleStatus, policy *live.PolicyStatus) {
	rows := tabwriter.NewWriter(w, 0, 8, 1, ' ', tabwriter.AlignRight)
	defer rows.Flush()
	for _, r := range rules {
		packets, size := "-", "-"
		if r.Counted {
			packets, size = fmt.Sprint(r.Packets), fmt.Sprint(r.Bytes)
		}
		text := r.NFT
		if r.Iptables != "" {
			text = r.Place + " " + r.Iptables
		}
		display.Fprintf(rows, "    %s\t%s\t  %s\n", packets, size, text)
	}
	if policy != nil {
		fmt.Fprintf(rows, "    %d\t%d\t  policy drop\n", policy.Packets, policy.Bytes)
	}
}
