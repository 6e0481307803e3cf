// Package xtrecent reads the lists that the kernel keeps for -m recent, as
// /proc/net/xt_recent shows them, and the clock that their stamps are written by.
// It changes nothing but what Add is asked for.
package xtrecent

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Dir is where the kernel shows the lists of the calling thread's network
// namespace. (/proc/net would be that of the process's first thread.)
const Dir = "/proc/thread-self/net/xt_recent"

// List is one list, with the addresses of both families.
type List struct {
	Name    string
	Entries []Entry
}

// Entry is what a list holds of one address.
type Entry struct {
	// Addr is the address as it was recorded, with the list's mask applied; one
	// that was added by hand is as it was given.
	Addr netip.Addr
	// TTL is that of the packet recorded last, one more where the packet was
	// forwarded; 0 if only the address was added by hand, which equals any.
	TTL uint8
	// Stamps are in jiffies, in the order of the ring's slots. Next is where the next one
	// goes, counted from 1: the oldest stands there.
	Stamps []uint64
	Next   int
}

// Read reads all lists in dir, sorted by name. A folder that is not there has no
// lists: no rule that is loaded uses -m recent.
func Read(dir string) ([]List, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []List
	for _, f := range files {
		l, err := readList(filepath.Join(dir, f.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // its last rule went while we looked
		}
		if err != nil {
			return nil, err
		}
		out = append(out, List{Name: f.Name(), Entries: l})
	}
	return out, nil
}

func readList(name string) ([]Entry, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := Parse(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return entries, nil
}

// Parse reads the lines of one list. The error names the line.
func Parse(r io.Reader) (out []Entry, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<22) // 65535 stamps of 20 digits
	for n := 1; lines.Scan(); n++ {
		e, err := parseEntry(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, e)
	}
	return out, lines.Err()
}

// parseEntry reads "src=192.0.2.1 ttl: 64 last_seen: 4295 oldest_pkt: 2 4290, 4295".
func parseEntry(line string) (e Entry, err error) {
	w := strings.Fields(line)
	if len(w) < 8 || !strings.HasPrefix(w[0], "src=") || w[1] != "ttl:" || w[3] != "last_seen:" || w[5] != "oldest_pkt:" {
		return e, fmt.Errorf("%.60q is not what xt_recent writes", line)
	}
	if e.Addr, err = netip.ParseAddr(w[0][len("src="):]); err != nil {
		return e, err
	}
	ttl, err := strconv.ParseUint(w[2], 10, 8)
	if err != nil {
		return e, err
	}
	next, err := strconv.ParseUint(w[6], 10, 16)
	if err != nil {
		return e, err
	}
	e.TTL, e.Next = uint8(ttl), int(next)
	e.Stamps = make([]uint64, len(w)-7)
	for i, s := range w[7:] {
		if e.Stamps[i], err = strconv.ParseUint(strings.TrimSuffix(s, ","), 10, 64); err != nil {
			return e, err
		}
	}
	return e, nil
}

// Add stamps an address in a list, as writing "+address" to its file does.
func Add(dir, list string, a netip.Addr) error {
	return os.WriteFile(filepath.Join(dir, list), []byte("+"+a.String()+"\n"), 0)
}
