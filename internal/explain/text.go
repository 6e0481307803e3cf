package explain

import (
	"io"
	"strings"

	"github.com/recentc/recentc/internal/display"
)

// WriteText writes the stories for people.
func WriteText(w io.Writer, lists []List) error {
	var b strings.Builder
	for i := range lists {
		if i > 0 {
			b.WriteByte('\n')
		}
		lists[i].write(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (l *List) write(b *strings.Builder) {
	display.Fprintf(b, "%s: %s, %s", l.Name, l.Addresses, l.Family)
	if l.Mask != "" {
		display.Fprintf(b, ", mask %s", l.Mask)
	}
	b.WriteByte('\n')
	for _, n := range l.Notes {
		display.Fprintf(b, "  %s\n", n)
	}
	for i := range l.Uses {
		l.Uses[i].write(b)
	}
}

func (u *Use) write(b *strings.Builder) {
	display.Fprintf(b, "  %s (%s): %s\n", u.Place, u.Chain, u.Rule)
	display.Fprintf(b, "      %s\n", u.Does)
	if u.Tried != "" {
		display.Fprintf(b, "      %s\n", u.Tried)
	}
	for _, f := range u.Fidelity {
		display.Fprintf(b, "      %s: %s", f.Backend, f.Degree)
		if f.Reason != "" {
			display.Fprintf(b, ": %s", f.Reason)
		}
		b.WriteByte('\n')
	}
}
