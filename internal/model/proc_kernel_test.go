package model_test

import (
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
)

// byHand are a kernel and a model of the same rules that are written to by hand. Time stands still
// for the model: the rules must not ask how old a stamp is.
type byHand struct {
	*comparison
	lab *lab.Lab
}

func newByHand(t *testing.T, rules4, rules6 string) *byHand {
	t.Helper()
	c := newComparison(t, "by hand", rules4, rules6)
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{lab.Legacy(c.name, rules4, rules6)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &byHand{c, l}
}

// write writes "+a", "-a" or "/" to the list A so many times.
func (h *byHand) write(t *testing.T, command string, times int) {
	t.Helper()
	err := h.lab.Namespace(h.name).Do(func() error {
		f, err := os.OpenFile("/proc/thread-self/net/xt_recent/A", os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		text := command
		if command != "/" {
			text = command[:1] + addr(command[1:]).String()
		}
		for range times {
			// The file takes one command at its beginning, and no pwrite.
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				return err
			}
			if _, err := f.WriteString(text + "\n"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range times {
		h.writeModel(t, command)
	}
}

func (h *byHand) writeModel(t *testing.T, command string) {
	t.Helper()
	var err error
	switch command[0] {
	case '+':
		err = h.machine.AddAddr(0, "A", addr(command[1:]))
	case '-':
		err = h.machine.DelAddr("A", addr(command[1:]))
	default:
		err = h.machine.Flush("A")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// send sends packets to both and compares verdicts and lists.
func (h *byHand) send(t *testing.T, packets ...lab.Packet) {
	t.Helper()
	trace := lab.Trace{packets}
	r, err := h.lab.Run(t.Context(), trace)
	if err != nil {
		t.Fatal(err)
	}
	h.play(t, lab.Input, trace)
	h.compareVerdicts(t, r)
	text, err := h.lab.Namespace(h.name).Run("", "cat", "/proc/net/xt_recent/A")
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.machine.Entries("A")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(counts(parseEntries(t, text)), counts(got), cmp.Comparer(sameAddr), cmpopts.SortSlices(func(a, b model.Entry) bool { return a.Addr.Less(b.Addr) })); diff != "" {
		t.Error(diff)
	}
}

// counts are the entries with as many stamps, all at 0.
func counts(entries []model.Entry) []model.Entry {
	for _, e := range entries {
		for i := range e.Stamps {
			e.Stamps[i] = 0
		}
	}
	return entries
}

// TestByHandAgainstKernel writes to /proc between packets.
func TestByHandAgainstKernel(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = "*mangle\n-A INPUT -m recent --name A --rcheck --hitcount 2 -j MARK --or-mark 1\n-A INPUT -m recent --name A --rcheck --rttl -j MARK --or-mark 2\n" +
		"-A INPUT -m recent --name A --update --hitcount 3 -j MARK --or-mark 4\n-A INPUT -p udp --dport 9 -m recent --name A --set\nCOMMIT\n"
	h := newByHand(t, rules, rules)
	a, b, six := lab.Packet{Src: addr("a")}, lab.Packet{Src: addr("b"), DPort: 9}, lab.Packet{Src: addr("6a"), TTL: 9}
	h.write(t, "+a", 1)
	h.send(t, a, b, six)
	h.write(t, "+a", 2)
	h.write(t, "+b", 1)
	h.write(t, "+6a", 33)
	h.send(t, a, b, six, b)
	h.write(t, "-b", 1)
	h.write(t, "-c", 1)
	h.send(t, a, b, six)
	h.write(t, "/", 1)
	h.send(t, a, b, six)
}

// TestLargestRingAgainstKernel fills the longest ring there is. Its last slot is never counted, and
// behind it --reap takes the entry for an old one.
func TestLargestRingAgainstKernel(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = "*mangle\n-A INPUT -m recent --name A --rcheck --seconds 60 --hitcount 65535 --reap -j MARK --or-mark 1\n" +
		"-A INPUT -m recent --name A --rcheck -j MARK --or-mark 2\nCOMMIT\n"
	h := newByHand(t, rules, "")
	for _, times := range []int{65534, 1, 1, 65636} {
		h.write(t, "+a", times)
		h.send(t, lab.Packet{Src: addr("a")}, lab.Packet{Src: addr("a")})
	}
}
