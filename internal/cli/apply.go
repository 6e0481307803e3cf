package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/live"
	"github.com/recentc/recentc/internal/xtrecent"
	"github.com/urfave/cli/v2"
)

func (c *Command) applyCommand() *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "translate rules and load them on this machine",
		ArgsUsage: "FILE...",
		Description: "Translates like translate, lets nft and the kernel check the result, and loads it: tables\n" +
			"in one transaction, BPF programs beside the old ones, which then go. Only what is\n" +
			"recentc's own is touched. Lists that mean the same as before keep what they hold. A\n" +
			"partial translation is never loaded. Needs root.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "backend", Aliases: []string{"b"}, Value: "nft", Usage: "`BACKEND` to load: nft or ebpf"},
			&cli.DurationFlag{Name: "confirm", Usage: "wait `TIME` (30s, 2m) for Enter, and restore what stood before without it"},
			&cli.BoolFlag{Name: "import-lists", Usage: "carry the lists in /proc/net/xt_recent over, with their ages"},
			&cli.BoolFlag{Name: "dry-run", Usage: "load nothing; show what would change"},
			&cli.StringFlag{Name: "hitcount-mode", Value: "exact", Usage: "`MODE` of hitcounts: exact, or meter (short, approximate)"},
			&cli.BoolFlag{Name: "strict", Usage: "refuse recent matches that are only approximate"},
			&cli.BoolFlag{Name: "fragments", Usage: "keep port matches from later fragments where nothing tracks connections"},
			&cli.StringFlag{Name: "table", Value: "recentc", Usage: "`NAME` of the nftables table"},
			&cli.StringFlag{Name: "attach", Value: "netfilter", Usage: "`WHERE` BPF programs stand: netfilter, xdp:DEVICE, tc:DEVICE or tc:DEVICE:egress"},
			&cli.StringFlag{Name: "lru", Value: "exact", Usage: "`HOW` BPF lists forget: exact, or approx for hosts with many queues"},
		}, inputFlags()...),
		Action: c.apply,
	}
}

func (c *Command) apply(ctx *cli.Context) error {
	if ctx.IsSet("confirm") && ctx.Duration("confirm") < time.Second {
		return usage("--confirm is a time of a second or more, such as 30s or 2m")
	}
	t, err := c.translateInput(ctx)
	if err != nil {
		return err
	}
	ready := live.Ready
	if t.image != nil {
		ready = live.Root
	}
	if err := ready(); err != nil {
		return exitError{exitSystem, "apply: " + err.Error()}
	}
	req := live.Request{Tables: t.tables(), Programs: t.image, Import: ctx.Bool("import-lists"), Proc: xtrecent.Dir}
	switch {
	case ctx.Bool("dry-run"):
		return c.dryRun(ctx, req)
	}
	if err := c.recover(); err != nil {
		return err
	}
	switch {
	case ctx.IsSet("confirm"):
		return c.applyAndAsk(req, ctx.Duration("confirm"))
	}
	report, err := applyNow(req)
	if err != nil {
		return liveError(err)
	}
	c.loadReport(report)
	return nil
}

// applyNow loads without a question. An import takes several steps, and so do BPF
// programs: a watcher goes back to the first if we are killed in between.
func applyNow(req live.Request) (live.Report, error) {
	if !req.Import && req.Programs == nil {
		loaded, err := live.Load(req)
		if err != nil {
			return live.Report{}, err
		}
		return loaded.Report, loaded.Keep()
	}
	p, err := live.Confirm(req, time.Minute, false)
	if err != nil {
		return live.Report{}, err
	}
	restored, err := p.Settle(true)
	if err == nil && restored != "" {
		err = errors.New("what stood before is restored: " + restored)
	}
	return p.Report, err
}

// liveError gives an error of package live its exit code.
func liveError(err error) error {
	var input *live.InputError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &input):
		return exitError{exitUsage, err.Error()}
	}
	return exitError{exitSystem, err.Error()}
}

// loadReport says what was loaded.
func (c *Command) loadReport(r live.Report) {
	if len(r.Tables) > 0 {
		display.Fprintf(c.Stdout, "loaded: table %s\n", strings.Join(r.Tables, ", table "))
	}
	if len(r.Programs) > 0 {
		display.Fprintf(c.Stdout, "loaded: BPF programs at %s\n", strings.Join(r.Programs, ", "))
	}
	if len(r.Kept) > 0 {
		display.Fprintf(c.Stdout, "kept, with what they hold: list %s\n", strings.Join(r.Kept, ", list "))
	}
	if len(r.Fresh) > 0 {
		display.Fprintf(c.Stdout, "changed, so that new windows begin empty: list %s\n", strings.Join(r.Fresh, ", list "))
	}
	for _, i := range r.Imported {
		display.Fprintf(c.Stdout, "carried over: list %s, %d addresses with %d stamps\n", strings.TrimSpace(i.Family+" "+i.Name), i.Addresses, i.Stamps)
	}
	c.notes(r.Notes)
}

func (c *Command) notes(all []string) {
	for _, note := range all {
		display.Fprintf(c.Stderr, "recentc: note: %s\n", note)
	}
}

// applyAndAsk loads and waits for Enter.
func (c *Command) applyAndAsk(req live.Request, most time.Duration) error {
	// A signal is an answer, from the first moment on.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	p, err := live.Confirm(req, most, true)
	if err != nil {
		return liveError(err)
	}
	c.loadReport(p.Report)
	display.Fprintf(c.Stdout, "Press Enter within %v to keep it. Otherwise what stood before is restored.\n", most)
	var restored string
	select {
	case w := <-p.Settled():
		restored, err = p.Finish(w)
	case ok := <-c.enter():
		restored, err = p.Settle(ok)
	case <-signals:
		restored, err = p.Settle(false)
	}
	c.notes(p.Notes)
	if err != nil {
		return liveError(err)
	}
	if restored != "" {
		return exitError{exitFindings, "what stood before is restored, lists and ages included: " + restored}
	}
	fmt.Fprintln(c.Stdout, "kept")
	return nil
}

// enter tells whether Enter was pressed; the end of the input is a no.
func (c *Command) enter() <-chan bool {
	answer := make(chan bool, 1)
	go func() {
		_, err := bufio.NewReader(c.Stdin).ReadString('\n')
		answer <- err == nil
	}()
	return answer
}

// dryRun shows the difference to what is loaded.
func (c *Command) dryRun(ctx *cli.Context, req live.Request) error {
	diff := live.Diff
	if req.Programs != nil {
		diff = live.DiffPrograms
	}
	lines, err := diff(req)
	if err != nil {
		return liveError(err)
	}
	if !c.writeDiff(lines, coloured(ctx, c.Stdout)) {
		fmt.Fprintln(c.Stdout, "nothing would change: these rules are loaded")
	}
	return nil
}

// diffContext is how many lines are shown around a change.
const diffContext = 3

// writeDiff prints the lines that change and those around them, and tells whether
// there were any.
func (c *Command) writeDiff(lines []live.Line, colour bool) (changed bool) {
	near := make([]bool, len(lines))
	for i, l := range lines {
		if l.Op == ' ' {
			continue
		}
		changed = true
		for k := max(0, i-diffContext); k <= min(len(lines)-1, i+diffContext); k++ {
			near[k] = true
		}
	}
	w := bufio.NewWriter(c.Stdout)
	defer w.Flush()
	for i, l := range lines {
		if !near[i] {
			continue
		}
		if i > 0 && !near[i-1] {
			fmt.Fprintln(w, "...")
		}
		text := string(l.Op) + display.Lines(l.Text)
		if colour && l.Op != ' ' {
			text = map[byte]string{'-': "\033[31m", '+': "\033[32m"}[l.Op] + text + "\033[0m"
		}
		fmt.Fprintln(w, text)
	}
	return changed
}

// watchCommand is the process behind --confirm.
func (c *Command) watchCommand() *cli.Command {
	return &cli.Command{
		Name: live.WatchCommand, Hidden: true, Usage: "watch over a firewall that is to be confirmed",
		Action: func(*cli.Context) error {
			live.Watch(c.Stdin, c.Stdout)
			return nil
		},
	}
}
