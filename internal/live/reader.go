package live

import "github.com/recentc/recentc/internal/nfnl"

// reader is a socket for dumps. It belongs to the namespace of the thread that opened
// it, and may be used by any.
type reader struct{ *nfnl.Reader }

func newReader() (*reader, error) {
	r, err := nfnl.Open()
	return &reader{r}, err
}
