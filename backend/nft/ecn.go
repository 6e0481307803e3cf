package nft

import "github.com/recentc/recentc/compile"

var ecnNames = [...]string{"not-ect", "ect1", "ect0", "ce"}

func (t *translator) ecn(m *compile.ECN) form {
	var f []stmt
	f = append(f, tcpFlag("ecn", m.Echo)...)
	f = append(f, tcpFlag("cwr", m.Reduced)...)
	if m.IP != nil {
		f = append(f, compare(t.ecnField(), m.IP.Not, ecnValue(uint32(m.IP.Value))))
	}
	return all(f...)
}

func tcpFlag(name string, f *compile.Flag) []stmt {
	switch {
	case f == nil:
		return nil
	}
	some, none := flagsCode(tcpFlagsField, map[string]uint32{"ecn": 0x40, "cwr": 0x80}[name])
	s := testOr("tcp flags "+name, some, "tcp flags ! "+name, none)
	s.protocol = protoTCP
	if f.Not {
		s = s.opposite()
	}
	return []stmt{s}
}
