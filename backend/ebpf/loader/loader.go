// Package loader puts the objects of package ebpf into the kernel: it creates
// the maps, has the programs verified, attaches them to their hooks, and makes
// them stay behind when the process ends.
//
// It stands behind package ebpf, whose Output it takes, and knows nothing of how
// an object is made. All its errors are the system's: no permission, a kernel
// that lacks something, or one that refuses a program.
package loader

import (
	"bytes"
	"errors"
	"fmt"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/recentc/recentc/backend/ebpf"
)

// Loaded is an object in the kernel. Its programs do nothing before Attach.
type Loaded struct {
	out  *Image
	coll *cilium.Collection
	whole
	links []link.Link
	// tracks tells that our nft table is there, so that connections are tracked.
	tracks bool
}

// Load creates the maps and has the programs verified. The error is of type
// [FeatureError] where the kernel lacks something, and of type [RuleError] where
// it refuses the code of a rule.
func Load(out *ebpf.Output) (*Loaded, error) { return loadImage(NewImage(out, "")) }

func loadImage(out *Image) (*Loaded, error) {
	if err := Supported(out.Attach); err != nil {
		return nil, err
	}
	if err := checkClock(out); err != nil {
		return nil, err
	}
	spec, err := cilium.LoadCollectionSpecFromReader(bytes.NewReader(out.Object))
	if err != nil {
		return nil, fmt.Errorf("read the object: %w", err)
	}
	coll, err := cilium.NewCollection(spec)
	if err != nil {
		return nil, refused("the object", err)
	}
	return &Loaded{out: out, coll: coll, whole: whole{maps: coll.Maps, lists: out.Lists}}, nil
}

// Close lets go of everything: what is attached and not pinned goes, and so do
// the lists. Calling it twice is harmless.
func (l *Loaded) Close() error {
	err := l.Detach()
	l.whole.close()
	if l.coll != nil {
		l.coll.Close()
		l.coll = nil
	}
	return err
}

// Detach takes the programs from their hooks, unless they are pinned. The lists
// stay.
func (l *Loaded) Detach() error {
	var errs []error
	for _, k := range l.links {
		errs = append(errs, k.Close())
	}
	if l.tracks {
		errs = append(errs, untrack())
	}
	l.links, l.tracks = nil, false
	return errors.Join(errs...)
}
