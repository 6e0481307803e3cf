package loader

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/recentc/recentc/backend/ebpf"
)

// Installed is what is pinned below a root.
type Installed struct {
	Description
	whole
	dir string
	// described is the pin of the description, which no other generation shares.
	described fs.FileInfo
}

// Open opens what is installed below root, to be read. The error is
// [ErrNotInstalled] if there is nothing.
func Open(root string) (*Installed, error) {
	at, err := current(root)
	if err != nil {
		return nil, err
	}
	if at < 0 {
		return nil, ErrNotInstalled
	}
	dir := filepath.Join(root, generations[at])
	d, err := describedIn(dir)
	if err != nil {
		return nil, err
	}
	in := &Installed{Description: *d, whole: whole{maps: map[string]*cilium.Map{}, lists: d.Lists}, dir: dir}
	if in.described, err = os.Stat(filepath.Join(dir, describedBy)); err != nil {
		return nil, err
	}
	pins, err := filepath.Glob(filepath.Join(dir, mapDir, "*"))
	if err != nil {
		return nil, err
	}
	for _, pin := range pins {
		m, err := cilium.LoadPinnedMap(pin, nil)
		if err != nil {
			in.Close()
			return nil, fmt.Errorf("%s: %w", pin, err)
		}
		in.maps[filepath.Base(pin)] = m
	}
	return in, nil
}

func describedIn(dir string) (*Description, error) {
	m, err := cilium.LoadPinnedMap(filepath.Join(dir, describedBy), nil)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	text, err := m.LookupBytes(uint32(0))
	if err != nil {
		return nil, err
	}
	d := &Description{}
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, describedBy), err)
	}
	return d, nil
}

// Close lets go of the maps; what is installed stays.
func (in *Installed) Close() error {
	in.whole.close()
	for _, m := range in.maps {
		m.Close()
	}
	return nil
}

// Current tells whether this is still what is installed.
func (in *Installed) Current() bool {
	now, err := os.Stat(filepath.Join(in.dir, describedBy))
	return err == nil && os.SameFile(in.described, now)
}

// Standing tells at which priority a program stands at its netfilter hook. ok is false
// where it stands nowhere any more: its device is gone, or somebody removed its pin.
func (in *Installed) Standing(p ebpf.Program) (priority int32, ok bool) {
	k, err := link.LoadPinnedLink(filepath.Join(in.dir, linkDir, p.Name), nil)
	if err != nil {
		return 0, false
	}
	defer k.Close()
	if in.Attach != ebpf.Netfilter {
		return 0, standsAt(k, in.Device)
	}
	info, err := k.Info()
	if err != nil || info.Netfilter() == nil {
		return 0, false
	}
	return info.Netfilter().Priority, true
}

// Tracked tells whether connections are tracked, for programs that need it: something
// may have removed the nft table by which they are, such as nft flush ruleset.
func (in *Installed) Tracked() bool { return !in.Tracking || tracking() }

// Counters are those of all rules, in the order of Rules.
func (in *Installed) Counters() ([]Counter, error) {
	return counters(in.maps[ebpf.CountersMap], len(in.Rules))
}
