package loader

import (
	"errors"
	"fmt"
	"os"
	"time"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/ringbuf"
	"github.com/recentc/recentc/backend/ebpf"
)

// Events reads what LOG and NFLOG say.
type Events struct{ reader *ringbuf.Reader }

// Events opens the ring buffer; one reader at a time makes sense. The error is that
// no rule logs.
func (l *Loaded) Events() (*Events, error) { return eventsOf(l.coll.Maps) }

// Events opens the ring buffer, as [Loaded.Events] does.
func (in *Installed) Events() (*Events, error) { return eventsOf(in.maps) }

func eventsOf(maps map[string]*cilium.Map) (*Events, error) {
	m := maps[ebpf.EventsMap]
	if m == nil {
		return nil, errors.New("no rule logs")
	}
	r, err := ringbuf.NewReader(m)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return &Events{r}, nil
}

// Next waits for the next event. After Close the error wraps os.ErrClosed.
func (e *Events) Next() (ebpf.Event, error) {
	r, err := e.reader.Read()
	if err != nil {
		return ebpf.Event{}, err
	}
	return ebpf.ReadEvent(r.RawSample)
}

// NextBefore is Next, but gives up at a moment with an error that wraps
// os.ErrDeadlineExceeded.
func (e *Events) NextBefore(t time.Time) (ebpf.Event, error) {
	e.reader.SetDeadline(t)
	return e.Next()
}

// Skip leaves out what was said before, and tells how much that was: events wait until
// somebody reads them, and when there is no more room new ones are lost.
func (e *Events) Skip() (n int, err error) {
	for {
		_, err := e.NextBefore(time.Unix(1, 0))
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n++
	}
}

// Close ends reading, also in another goroutine.
func (e *Events) Close() error { return e.reader.Close() }
