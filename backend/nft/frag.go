package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

func (t *translator) frag(m *compile.Frag) form {
	f := spiForm(fragField("id", 32, 32), m.ID)
	for _, p := range []struct {
		asked bool
		tests []stmt
	}{
		{m.Reserved, []stmt{compare(fragField("reserved", 8, 8), false, numberValue(0)), compare(fragField("reserved2", 29, 2), false, numberValue(0))}},
		{m.First, []stmt{compare(fragField("frag-off", 16, 13), false, numberValue(0))}},
		{m.More, []stmt{compare(fragField("more-fragments", 31, 1), false, numberValue(1))}},
		{m.Last, []stmt{compare(fragField("more-fragments", 31, 1), false, numberValue(0))}},
	} {
		if p.asked {
			f = and(f, all(p.tests...))
		}
	}
	return existing(f, "frag")
}

// existing asks that a header is there if nothing else of it is asked.
func existing(f form, header string) form {
	if bare(f) {
		return all(existence(existsField("exthdr "+header, exthdrAttrs(extensionNumbers[header], 0, 1, present, false), 0), false))
	}
	return f
}

// extensionNumbers are the headers of IPv6 by the number that announces them.
var extensionNumbers = map[string]uint8{"hbh": 0, "rt": 43, "frag": 44, "dst": 60, "mh": protoMH}

func fragField(name string, bit, width uint32) *field {
	return extensionField("frag", name, bit, width)
}

// extensionField is a number in a header of IPv6.
func extensionField(header, name string, bit, width uint32) *field {
	f := bitField(header+" "+name, bytecode.NetworkHeader, bit, width, 0)
	p := &f.from[0]
	p.Expr = bytecode.Expr{Name: "exthdr", Attrs: exthdrAttrs(extensionNumbers[header], int(bit/8), p.size, 0, false)}
	return f
}
