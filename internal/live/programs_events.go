package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/recentc/recentc/backend/ebpf"
	bpf "github.com/recentc/recentc/backend/ebpf/loader"
	"github.com/recentc/recentc/internal/display"
)

// Event is what LOG or NFLOG says of a packet.
type Event struct {
	// Time is when it was read, which is at once unless there are very many.
	Time time.Time `json:"time"`
	// Place and Rule are the rule's.
	Place string `json:"place"`
	Rule  string `json:"rule"`
	// Level is that of LOG: "warning". NFLOG has its Group instead.
	Level    string  `json:"level,omitempty"`
	Group    *uint16 `json:"group,omitempty"`
	Prefix   string  `json:"prefix"`
	In       string  `json:"in,omitempty"`
	Out      string  `json:"out,omitempty"`
	Src      string  `json:"src"`
	Dst      string  `json:"dst"`
	Length   uint32  `json:"length"`
	TTL      uint8   `json:"ttl"`
	Protocol string  `json:"protocol"`
	SrcPort  uint16  `json:"srcPort,omitempty"`
	DstPort  uint16  `json:"dstPort,omitempty"`
	Mark     uint32  `json:"mark,omitempty"`
}

// levels are syslog's.
var levels = [...]string{"emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"}

// newEvent puts an event of a program together with what its rule says.
func newEvent(in *bpf.Installed, e ebpf.Event, at time.Time) (out Event, ok bool) {
	if e.Rule < 0 || e.Rule >= len(in.Rules) || in.Rules[e.Rule].Log == nil {
		return out, false
	}
	r := in.Rules[e.Rule]
	out = Event{
		Time: at, Place: r.Place, Rule: r.Text, Prefix: r.Log.Prefix, In: e.In, Out: e.Out, Src: e.Src.String(), Dst: e.Dst.String(),
		Length: e.Length, TTL: e.TTL, Protocol: protocolName(e.Protocol), SrcPort: e.SrcPort, DstPort: e.DstPort, Mark: e.Mark,
	}
	if r.Log.NFLog {
		out.Group = &r.Log.Group
	} else {
		out.Level = levels[r.Log.Level&7]
	}
	return out, true
}

// String is a line like those that LOG writes into the kernel's log, with the time and
// the level in front.
func (e Event) String() string {
	var b strings.Builder
	b.WriteString(e.Time.Format("15:04:05.000 "))
	if e.Group != nil {
		display.Fprintf(&b, "nflog:%d ", *e.Group)
	} else {
		b.WriteString(e.Level + " ")
	}
	// A prefix is the user's own, and may be anything.
	b.WriteString(display.Line(e.Prefix))
	display.Fprintf(&b, "IN=%s OUT=%s SRC=%s DST=%s LEN=%d TTL=%d PROTO=%s", e.In, e.Out, e.Src, e.Dst, e.Length, e.TTL, e.Protocol)
	if e.SrcPort > 0 || e.DstPort > 0 {
		display.Fprintf(&b, " SPT=%d DPT=%d", e.SrcPort, e.DstPort)
	}
	if e.Mark > 0 {
		display.Fprintf(&b, " MARK=%#x", e.Mark)
	}
	return b.String()
}

// Follower is what reads events.
type Follower interface {
	// Begins tells that events are read from now on, and how many from before are left out.
	Begins(skipped int) error
	// Event takes one.
	Event(Event) error
}

// ErrGone ends Follow when the programs are removed.
var ErrGone = errors.New("the programs are gone, or none of them logs any more")

// errFollowed is the error of the second to follow.
var errFollowed = errors.New("another recentc status --follow reads the events here; each event goes to one reader")

// Follow reads what LOG and NFLOG say, until the context ends, also from programs that are
// loaded in the meantime. The error is [ErrGone] where there is nothing to read.
func Follow(ctx context.Context, f Follower) error {
	unlock, err := lockBoth("events-lock", "@recentc-events", errFollowed, lockTries*lockPause)
	if err != nil {
		return err
	}
	defer unlock()
	for ctx.Err() == nil {
		if err := followOnce(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// followOnce follows the programs that are loaded until others are.
func followOnce(ctx context.Context, f Follower) error {
	in, err := openPrograms()
	if errors.Is(err, bpf.ErrNotInstalled) || err == nil && !in.Logs() {
		return ErrGone
	}
	if err != nil {
		return err
	}
	defer in.Close()
	events, err := in.Events()
	if err != nil {
		return err
	}
	defer events.Close()
	skipped, err := events.Skip()
	if err == nil {
		err = f.Begins(skipped)
	}
	for err == nil && ctx.Err() == nil {
		var raw ebpf.Event
		raw, err = events.NextBefore(time.Now().Add(followPause))
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			if err = nil; !in.Current() {
				return nil
			}
		case err == nil:
			if e, ok := newEvent(in, raw, time.Now()); ok {
				err = f.Event(e)
			}
		}
	}
	return err
}

// followPause is how long the reader waits before it looks whether it was told to stop,
// and whether the programs are still those.
const followPause = 300 * time.Millisecond

// protocolName is a protocol as LOG writes it: its name in capitals, or its number.
func protocolName(n uint8) string {
	switch n {
	case 1:
		return "ICMP"
	case 6:
		return "TCP"
	case 17:
		return "UDP"
	case 33:
		return "DCCP"
	case 50:
		return "ESP"
	case 51:
		return "AH"
	case 58:
		return "ICMPv6"
	case 132:
		return "SCTP"
	case 136:
		return "UDPLITE"
	}
	return fmt.Sprint(n)
}

// ProgramsLog tells whether BPF programs are loaded of which a rule logs.
func ProgramsLog() (logs bool, err error) {
	err = ifPrograms(func(in *bpf.Installed) error {
		logs = in.Logs()
		return nil
	})
	return logs, err
}
