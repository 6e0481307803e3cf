package nft

import "io"

// behind is a printer that writes one piece of the text while the next is made.
type behind struct {
	piece         []byte
	pieces, spare chan []byte
	done          chan error
}

// pieceSize is the size of a piece, and piecesBehind how many there can be: one is
// being made, one written, and the others wait.
const (
	pieceSize    = 1 << 16
	piecesBehind = 4
)

// newBehind begins to write; close ends it.
func newBehind(w io.Writer) *behind {
	b := &behind{make([]byte, 0, pieceSize), make(chan []byte, piecesBehind), make(chan []byte, piecesBehind), make(chan error)}
	for range piecesBehind - 1 {
		b.spare <- nil
	}
	go b.write(w)
	return b
}

func (b *behind) write(w io.Writer) {
	var err error
	for piece := range b.pieces {
		if err == nil {
			_, err = w.Write(piece)
		}
		b.spare <- piece[:0]
	}
	b.done <- err
}

// next hands the piece over and begins another.
func (b *behind) next() {
	b.pieces <- b.piece
	if b.piece = <-b.spare; b.piece == nil {
		b.piece = make([]byte, 0, pieceSize)
	}
}

// WriteString implements printer. Errors are for close to tell.
func (b *behind) WriteString(s string) (int, error) {
	n := len(s)
	for len(s) > 0 {
		if len(b.piece) == pieceSize {
			b.next()
		}
		some := min(len(s), pieceSize-len(b.piece))
		b.piece, s = append(b.piece, s[:some]...), s[some:]
	}
	return n, nil
}

// WriteByte implements printer.
func (b *behind) WriteByte(c byte) error {
	if len(b.piece) == pieceSize {
		b.next()
	}
	b.piece = append(b.piece, c)
	return nil
}

// close writes what is left, and gives the first error.
func (b *behind) close() error {
	b.pieces <- b.piece
	close(b.pieces)
	return <-b.done
}
