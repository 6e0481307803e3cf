package model_test

import (
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/recentc/recentc/internal/lab"
)

// edgeRules stamp what is sent to port 9, and ask about it at port 8: HIT has the packets that found
// it young, KEPT those that found it at all, ALL has all of them, in a ring that is long enough.
const edgeRules = `*filter
-A OUTPUT -p udp --dport 9 -m recent --name SENT --set
-A OUTPUT -p udp --dport 8 -m recent --name SENT --rcheck --seconds 1 -m recent --name HIT --set
-A OUTPUT -p udp --dport 8 -m recent --name SENT --rcheck -m recent --name KEPT --set
-A OUTPUT -p udp --dport 8 -m recent --name SENT --rcheck --seconds 1 --reap
-A OUTPUT -p udp --dport 8 -m recent --name ALL --set
-A INPUT -m recent --name ALL --rcheck --hitcount 255
COMMIT
`

// TestEdgeAgainstKernel looks at the edge of a window in the kernel's own ticks, which no trace of the
// lab comes near: a stamp counts as long as it is not older than the window, and --reap leaves it for
// as long. TestWindow and TestReap hold the same of the model.
func TestEdgeAgainstKernel(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const tick = time.Second / 250
	for range 5 {
		sent, stamps := acrossEdge(t)
		last := sent + time.Second
		if !slices.Contains(stamps["ALL"], last) || !slices.Contains(stamps["ALL"], last+tick) {
			continue // the machine was too busy to send in both ticks
		}
		hit, kept := slices.Max(stamps["HIT"]), slices.Max(stamps["KEPT"])
		if hit != last || kept != last+tick {
			t.Errorf("last hit after %v, last found in the list after %v", hit-sent, kept-sent)
		}
		return
	}
	t.Skip("no packets in the two ticks around the edge")
}

// acrossEdge sends one packet, and a second later many. It returns the stamp of the first and those of
// the others, in the kernel's time.
func acrossEdge(t *testing.T) (sent time.Duration, stamps map[string][]time.Duration) {
	t.Helper()
	l, err := lab.New(lab.Config{Hook: lab.Output, Candidates: []lab.Candidate{lab.Legacy("kernel", edgeRules, "")}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ns := l.Namespace("kernel")
	sendUDP(t, ns, "10.78.0.2:9", 1)
	sent = listStamps(t, ns, "SENT")[0]
	time.Sleep(950 * time.Millisecond)
	sendUDP(t, ns, "10.78.0.2:8", 150)
	stamps = map[string][]time.Duration{}
	for _, name := range []string{"HIT", "KEPT", "ALL"} {
		stamps[name] = listStamps(t, ns, name)
	}
	return sent, stamps
}

// sendUDP sends packets half a millisecond apart.
func sendUDP(t *testing.T, ns *lab.Namespace, to string, packets int) {
	t.Helper()
	err := ns.Do(func() error {
		c, err := net.Dial("udp", to)
		if err != nil {
			return err
		}
		for range packets {
			_, sendErr := c.Write([]byte("x"))
			err = errors.Join(err, sendErr)
			time.Sleep(time.Millisecond / 2)
		}
		return errors.Join(err, c.Close())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// listStamps are the stamps of the only address of a list.
func listStamps(t *testing.T, ns *lab.Namespace, list string) []time.Duration {
	t.Helper()
	text, err := ns.Run("", "cat", "/proc/net/xt_recent/"+list)
	if err != nil {
		t.Fatal(err)
	}
	entries := parseEntries(t, text)
	if len(entries) != 1 {
		t.Fatalf("list %s: %q", list, text)
	}
	return entries[0].Stamps
}
