package verify

import (
	"fmt"
	"io"
	"strings"

	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/words"
)

// shownPackets bounds the packets of a trace that the text shows.
const shownPackets = 16

// WriteText writes the report for people: what differs first, then what was not exercised, then the sum.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	r.writeDifferences(&b)
	r.writeUntried(&b)
	for _, n := range r.Notes {
		display.Fprintf(&b, "note: %s\n", n)
	}
	if r.Late {
		b.WriteString("note: the machine was too busy to send on time; a difference that a second run does not show is one of the clock\n")
	}
	r.writeSum(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) writeDifferences(b *strings.Builder) {
	for i := range r.Rules {
		for j := range r.Rules[i].Differences {
			display.Fprintf(b, "%s: DIFFERS: %s\n", r.Rules[i].Place, r.Rules[i].Rule)
			r.Rules[i].Differences[j].write(b)
		}
	}
	for i := range r.Policies {
		display.Fprintf(b, "no rule, so a policy: DIFFERS in %s\n", r.Policies[i].Hook)
		r.Policies[i].write(b)
	}
}

func (d *Difference) write(b *strings.Builder) {
	what := "the shortest trace that shows it"
	if !d.Shrunk {
		what = "it shows after all that was sent before"
	}
	display.Fprintf(b, "  %s, %s; %s:\n", d.Hook, words.Count(d.Count, "packet"), what)
	skip := max(0, len(d.Trace)-shownPackets)
	if skip > 0 {
		display.Fprintf(b, "    ... %d more in front (--json has them all)\n", skip)
	}
	for _, s := range d.Trace[skip:] {
		times := ""
		if s.Times > 1 {
			times = fmt.Sprintf("  %d times", s.Times)
		}
		display.Fprintf(b, "    %6.2f s  %s%s\n", s.Seconds, s.Packet, times)
	}
	display.Fprintf(b, "    of the last one: %s", d.What)
	if d.Decided != "" {
		display.Fprintf(b, " (in the original %s decides)", d.Decided)
	}
	b.WriteByte('\n')
}

func (r *Report) writeUntried(b *strings.Builder) {
	for i := range r.Rules {
		if rule := &r.Rules[i]; !rule.Exercised {
			display.Fprintf(b, "%s: not exercised: %s: %s\n", rule.Place, rule.Rule, rule.Reason)
		}
	}
	for _, l := range r.LeftOut {
		display.Fprintf(b, "%s: left out of both sides: %s: %s\n", l.Place, l.Rule, l.Reason)
	}
}

func (r *Report) writeSum(b *strings.Builder) {
	display.Fprintf(b, "%d of %s exercised", r.Exercised(), words.Count(len(r.Rules)+len(r.LeftOut), "rule"))
	if len(r.Hooks) > 0 {
		display.Fprintf(b, " with %s in %s", words.Count(r.Packets, "packet"), strings.Join(r.Hooks, ", "))
	}
	switch {
	case r.Different > 0:
		display.Fprintf(b, "; %s treated differently (seed %d)\n", words.Count(r.Different, "packet"), r.Seed)
	default:
		display.Fprintf(b, "; no difference (seed %d)\n", r.Seed)
	}
}
