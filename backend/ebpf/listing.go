package ebpf

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/cilium/ebpf"

	"github.com/recentc/recentc/internal/display"
)

// listing shows the object as text: its maps, and its instructions under the
// rules that they come from. It is for reading; the object is what is loaded.
func listing(t *translator) string {
	var b strings.Builder
	t.listHead(&b)
	for _, m := range t.out.maps(newTypes()) {
		t.listMap(&b, m)
	}
	for _, p := range t.result.Programs {
		t.listFunction(&b, t.out.function(p.Name))
	}
	for _, f := range t.out.functions {
		if f.section == ".text" {
			t.listFunction(&b, f)
		}
	}
	return b.String()
}

func (t *translator) listHead(b *strings.Builder) {
	display.Fprintf(b, "# Made by recentc%s from %s.\n", spaced(t.opts.Version), strings.Join(t.sources, ", "))
	b.WriteString("# This is a listing. Write the object with -o FILE.\n")
	if t.opts.HZ > 0 {
		display.Fprintf(b, "# For kernels whose clock has %d ticks a second (CONFIG_HZ), and no others.\n", t.opts.HZ)
	}
	for _, r := range t.left {
		display.Fprintf(b, "# left out, because it could not be translated: %s:%d %s\n", filepath.Base(r.File.Name), r.Range.Start.Line, r.Source)
	}
	if t.result.Tracking {
		b.WriteString("# Rules ask for the state of connections, which something in the network namespace must have tracked.\n")
	}
}

func spaced(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

func (t *translator) listMap(b *strings.Builder, m mapDef) {
	switch {
	case m.kind == ebpf.RingBuf:
		display.Fprintf(b, "\nmap %s: ring buffer of %d bytes, what LOG and NFLOG say\n", m.name, m.entries)
	case m.name == countersName:
		display.Fprintf(b, "\nmap %s: packets and bytes of %d rules, for each processor\n", m.name, m.entries)
	case m.name == metersName:
		display.Fprintf(b, "\nmap %s: the state of %d matches\n", m.name, m.entries)
	}
	for _, l := range t.result.Lists {
		if l.Map == m.name {
			display.Fprintf(b, "\nmap %s key %d: list %s of %d addresses with %d stamps each\n", m.name, l.Key, l.Name, l.Slots, l.Stamps)
		}
	}
}

// listFunction shows one function; numbers count slots of eight bytes.
func (t *translator) listFunction(b *strings.Builder, f *function) {
	display.Fprintf(b, "\n%s:%s\n", f.name, t.place(f))
	at := f.offsets()
	for i := range f.code {
		if l := f.code[i].line; l != nil && l.line > 0 {
			display.Fprintf(b, "  ; %s:%d %s\n", l.file, l.line, l.text)
		}
		display.Fprintf(b, "%6d: %s\n", at[i], f.code[i].text(at[i+1]))
	}
}

// place tells where a program is attached.
func (t *translator) place(f *function) string {
	for _, p := range t.result.Programs {
		switch {
		case p.Name != f.name:
		case t.at == Netfilter:
			return fmt.Sprintf(" ; at the %s hook %v, priority %d", p.Family, p.Hook, p.Priority)
		default:
			return " ; at " + t.at.String()
		}
	}
	return ""
}
