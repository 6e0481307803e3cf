package safefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// TooLarge is the error for an input that is longer than it may be.
type TooLarge struct {
	Name  string
	Limit int64
}

// Error names the file and the limit.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("%s is larger than %s, which is the limit for such a file", e.Name, size(e.Limit))
}

func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}

// Read reads a file that a user named, which may be a pipe or a device, up to a limit.
func Read(name string, limit int64) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	return readOpen(f, info, name, limit)
}

// ReadRegular reads a file that was found, and nobody named: one that is no plain file is
// not opened, because a pipe may never end and a device may do something.
func ReadRegular(name string, limit int64) (string, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return "", errors.New(kind(info.Mode()) + " and not a file")
	}
	if err != nil {
		return "", err
	}
	// What was a file a moment ago may be a pipe now.
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = errors.New(kind(info.Mode()) + " and not a file")
	}
	if err != nil {
		return "", err
	}
	return readOpen(f, info, name, limit)
}

func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "this is a folder"
	case m&fs.ModeNamedPipe != 0:
		return "this is a pipe"
	case m&fs.ModeDevice != 0:
		return "this is a device"
	}
	return "this is something else"
}

func readOpen(f *os.File, info fs.FileInfo, name string, limit int64) (string, error) {
	if info.Mode().IsRegular() && info.Size() > limit {
		return "", &TooLarge{name, limit}
	}
	return readAll(f, info.Size(), name, limit)
}

// ReadStream reads standard input, up to a limit.
func ReadStream(r io.Reader, name string, limit int64) (string, error) {
	return readAll(r, 0, name, limit)
}

// readAll reads all there is, of which size is a guess.
func readAll(r io.Reader, size int64, name string, limit int64) (string, error) {
	var text doubling
	text.Grow(int(min(max(size, 0), limit)))
	n, err := io.Copy(&text, io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = &TooLarge{name, limit}
	}
	if err != nil {
		return "", err
	}
	return text.String(), nil
}

// doubling is a strings.Builder that grows twofold also where it is large.
type doubling struct{ strings.Builder }

// Write implements io.Writer.
func (d *doubling) Write(p []byte) (int, error) {
	if d.Len()+len(p) > d.Cap() {
		d.Grow(max(len(p), d.Cap()))
	}
	return d.Builder.Write(p)
}
