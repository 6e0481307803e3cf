package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/live"
	"github.com/recentc/recentc/internal/words"
	"github.com/urfave/cli/v2"
)

// writePrograms shows BPF programs, and under them the rules of their chains.
func writePrograms(w io.Writer, p *live.ProgramsStatus) {
	display.Fprintf(w, "BPF programs at %s\n", p.Attach)
	for _, prog := range p.Programs {
		display.Fprintf(w, "  %s", prog.Name)
		if prog.Hook != "" {
			display.Fprintf(w, "  (%s hook %s priority %d; policy %s)", prog.Family, prog.Hook, prog.Priority, prog.Policy)
		}
		if !prog.Attached {
			fmt.Fprint(w, "  is attached to nothing any more: recentc apply puts it back")
		}
		fmt.Fprintln(w)
	}
	if p.Untracked {
		fmt.Fprintln(w, "  rules ask for the states of connections, but the nft table recentc_conntrack, by which they are tracked, is gone: recentc apply puts it back")
	}
	for _, c := range p.Chains {
		display.Fprintf(w, "  chain %s %s %s\n", c.Family, c.Table, c.Name)
		writeRules(w, c.Rules, nil)
	}
}

// writeProgramEntries shows a list of BPF programs, which knows more of an address than
// tables do.
func writeProgramEntries(w io.Writer, entries []live.Entry) {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	defer t.Flush()
	fmt.Fprintln(t, "ADDRESS\tTTL\tLAST SEEN\tHITS\tOVER\tAGES")
	for _, e := range entries {
		hits, over := windowTexts(e)
		last, _ := e.Youngest()
		display.Fprintf(t, "%s\t%d\t%s ago\t%s\t%s\t%s\n", e.Addr, *e.TTL, ageText(last), hits, over, agesText(e.Ages))
	}
}

// followEvents prints what BPF programs log, a line each.
func (c *Command) followEvents(stop context.Context, ctx *cli.Context) error {
	err := live.Follow(stop, &eventPrinter{c, ctx.Bool("json")})
	if errors.Is(err, live.ErrGone) {
		display.Fprintf(c.Stderr, "recentc: note: %v\n", err)
		return nil
	}
	return liveError(err)
}

type eventPrinter struct {
	*Command
	json bool
}

// Begins implements live.Follower.
func (p *eventPrinter) Begins(skipped int) error {
	left := ""
	if skipped > 0 {
		left = fmt.Sprintf("; %s from before left out", words.Count(skipped, "event"))
	}
	_, err := display.Fprintf(p.Stderr, "recentc: what LOG and NFLOG say from now on%s; Ctrl-C ends it\n", left)
	return err
}

// Event implements live.Follower.
func (p *eventPrinter) Event(e live.Event) error {
	w := bufio.NewWriter(p.Stdout)
	if p.json {
		if err := p.encode(w, e, false); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(w, e) // it shows itself on one line
	}
	return w.Flush()
}
