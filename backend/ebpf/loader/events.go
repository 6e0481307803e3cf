package loader

import (
	"errors"
	"fmt"

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

// Close ends reading, also in another goroutine.
func (e *Events) Close() error { return e.reader.Close() }
