package nft

import "github.com/recentc/recentc/compile"

var ecnNames = [...]string{"not-ect", "ect1", "ect0", "ce"}

func (t *translator) ecn(m *compile.ECN) form {
	var f []stmt
	f = append(f, tcpFlag("ecn", m.Echo)...)
	f = append(f, tcpFlag("cwr", m.Reduced)...)
	if m.IP != nil {
		f = append(f, compare(t.ip()+" ecn", m.IP.Not, ecnNames[m.IP.Value]))
	}
	return all(f...)
}

func tcpFlag(name string, f *compile.Flag) []stmt {
	switch {
	case f == nil:
		return nil
	case f.Not:
		return []stmt{tests("tcp flags ! "+name, protoTCP)}
	}
	return []stmt{tests("tcp flags "+name, protoTCP)}
}
