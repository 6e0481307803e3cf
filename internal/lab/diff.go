package lab

import (
	"fmt"
	"strings"
	"time"
)

// A Difference is a packet that two candidates treated differently.
type Difference struct {
	Index  int // in Result.Packets
	Tick   int
	Packet Packet
	// Accepted and Dropped name the candidate that did so. Both are empty where both accepted the
	// packet and it left with different marks.
	Accepted, Dropped string
	// Marks are the marks that the packet left with, in the order of the candidates compared.
	Marks [2]uint32
}

// String tells what happened to the packet, in one line.
func (d Difference) String() string {
	at := (time.Duration(d.Tick) * Grid).Seconds()
	if d.Accepted == "" {
		return fmt.Sprintf("packet %d, tick %d (%.2f s), %v: marks %#x and %#x", d.Index, d.Tick, at, d.Packet, d.Marks[0], d.Marks[1])
	}
	return fmt.Sprintf("packet %d, tick %d (%.2f s), %v: %s accepts, %s drops",
		d.Index, d.Tick, at, d.Packet, d.Accepted, d.Dropped)
}

// Differences are in the order of the packets.
type Differences []Difference

// maxListed keeps the message about a broken translation readable: what follows the first
// differences is mostly their consequence.
const maxListed = 20

// String lists the first differences, one a line, and says how many there are. It is empty if there
// are none.
func (ds Differences) String() string {
	var b strings.Builder
	for i, d := range ds {
		if i == maxListed {
			fmt.Fprintf(&b, "and %d more\n", len(ds)-maxListed)
			break
		}
		fmt.Fprintln(&b, d)
	}
	return b.String()
}

// Diff gives the packets that candidates a and b treated differently. It panics if there was no
// such candidate.
func (r Result) Diff(a, b string) Differences {
	var ds Differences
	va, vb := r.verdicts(a), r.verdicts(b)
	for i, accepted := range va {
		d := Difference{Index: i, Tick: r.Ticks[i], Packet: r.Packets[i], Marks: [2]uint32{r.Marks[a][i], r.Marks[b][i]}}
		switch {
		case accepted && !vb[i]:
			d.Accepted, d.Dropped = a, b
		case !accepted && vb[i]:
			d.Accepted, d.Dropped = b, a
		case d.Marks[0] == d.Marks[1]:
			continue
		}
		ds = append(ds, d)
	}
	return ds
}
