package compile

import (
	"fmt"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/iana"
)

// portReader reads one port or the name of a service. iptables has two ways, which
// do not take the same numbers.
type portReader func(w ast.Word) (port uint32, ok bool)

// port reads a port as xtables_parse_port does: octal and hexadecimal too. The name must be
// one of the protocol, or of any for "".
func (c *call) port(protocol string) portReader {
	return func(w ast.Word) (uint32, bool) {
		if n, ok := parseUint(w.Text, 65535); ok {
			return uint32(n), true
		}
		return c.service(w, protocol)
	}
}

// lookedUpPort reads a port as the options do that ask getaddrinfo: in decimal. Any
// protocol's name will do.
func (c *call) lookedUpPort(w ast.Word) (uint32, bool) {
	n, cut, ok := lookedUpPort(w.Text)
	if !ok {
		return c.service(w, "")
	}
	if cut {
		c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q is the port %d", w.Text, n),
			"iptables keeps 16 bits of the number and says nothing. So does the translation.", "Write the port that is meant.")
	}
	return uint32(n), true
}

// service finds the port of a service by its name.
func (c *call) service(w ast.Word, protocol string) (uint32, bool) {
	n, ok := iana.Service(w.Text)
	switch {
	case !ok:
		c.bad(w, "%q is not a port: a number up to 65535 or the name of a service", w.Text)
	case !iana.Knows(w.Text, protocol):
		c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q may not be a service of %s", w.Text, protocol),
			fmt.Sprintf("iptables looks for it in /etc/services and refuses the rule where that has the name for other protocols only. The translation takes port %d.", n),
			fmt.Sprintf("Write %d.", n))
	}
	return uint32(n), ok
}

// portSpan reads a port or "PORT:PORT", of which either may be missing.
func (c *call) portSpan(w ast.Word, read portReader) (Span, bool) {
	parts := split(w, ':')
	if len(parts) > 2 {
		c.bad(w, "%q is not a port or a range of ports", w.Text)
		return Span{}, false
	}
	s := Span{0, 65535}
	ok := true
	for i, p := range parts {
		if p.Text == "" && len(parts) == 2 {
			continue
		}
		n, good := read(p)
		ok = ok && good
		if i == 0 {
			s.Low = n
		}
		if i == len(parts)-1 {
			s.High = n
		}
	}
	return s, ok
}

// strictSpan reads a range that must not end before it begins.
func (c *call) strictSpan(w ast.Word, read portReader) (Span, bool) {
	s, ok := c.portSpan(w, read)
	if ok && s.Empty() {
		c.bad(w, "the range %s ends before it begins", w.Text)
		return s, false
	}
	return s, ok
}
