package explain

import (
	"fmt"
	"io"
	"strings"
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
	fmt.Fprintf(b, "%s: %s, %s", l.Name, l.Addresses, l.Family)
	if l.Mask != "" {
		fmt.Fprintf(b, ", mask %s", l.Mask)
	}
	b.WriteByte('\n')
	for _, n := range l.Notes {
		fmt.Fprintf(b, "  %s\n", n)
	}
	for i := range l.Uses {
		l.Uses[i].write(b)
	}
}

func (u *Use) write(b *strings.Builder) {
	fmt.Fprintf(b, "  %s (%s): %s\n", u.Place, u.Chain, u.Rule)
	fmt.Fprintf(b, "      %s\n", u.Does)
	if u.Tried != "" {
		fmt.Fprintf(b, "      %s\n", u.Tried)
	}
	for _, f := range u.Fidelity {
		fmt.Fprintf(b, "      %s: %s", f.Backend, f.Degree)
		if f.Reason != "" {
			fmt.Fprintf(b, ": %s", f.Reason)
		}
		b.WriteByte('\n')
	}
}
