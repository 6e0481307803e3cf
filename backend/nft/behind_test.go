package nft

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBehindWritesAll(t *testing.T) {
	for _, size := range []int{0, 1, pieceSize - 1, pieceSize, pieceSize + 1, 10*pieceSize + 7} {
		want := strings.Repeat("0123456", size)[:size]
		var out bytes.Buffer
		b := newBehind(&out)
		for rest := want; rest != ""; {
			n := min(len(rest), 1000)
			b.WriteByte(rest[0])
			b.WriteString(rest[1:n])
			rest = rest[n:]
		}
		if err := b.close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("%d bytes: %s", size, diff)
		}
	}
}

// full is a device without room for more than one piece.
type full struct{ pieces int }

var errFull = errors.New("no space left on device")

func (f *full) Write(p []byte) (int, error) {
	if f.pieces++; f.pieces > 1 {
		return 0, errFull
	}
	return len(p), nil
}

func TestBehindTellsTheFirstError(t *testing.T) {
	f := &full{}
	b := newBehind(f)
	b.WriteString(strings.Repeat("x", 20*pieceSize))
	if err := b.close(); err != errFull {
		t.Errorf("error %v, want %v", err, errFull)
	}
	if f.pieces != 2 {
		t.Errorf("%d pieces were tried, want 2: nothing is written behind an error", f.pieces)
	}
}
