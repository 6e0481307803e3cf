package compile

import "slices"

// StripOptions overwrites options of the TCP header with "no operation". The
// packet goes on.
type StripOptions struct {
	// Kinds are sorted.
	Kinds []uint8
}

// Extension implements Target.
func (*StripOptions) Extension() string { return "TCPOPTSTRIP" }

// Ends implements Target.
func (*StripOptions) Ends() bool { return false }

var tcpOptionKinds = map[string]uint8{
	"mss": 2, "wscale": 3, "sack-permitted": 4, "sack": 5, "timestamp": 8, "md5": 19,
}

var tcpoptstripTarget = &extension{
	name:      "TCPOPTSTRIP",
	protocols: []uint8{protoTCP},
	options:   []option{{name: "strip-options", args: 1}},
	target: func(c *call) Target {
		s := &StripOptions{}
		if !c.forTable("mangle") || !c.each(func(g *given) bool { return c.stripKinds(s, g) }) {
			return nil
		}
		return s
	},
}

func (c *call) stripKinds(s *StripOptions, g *given) bool {
	for _, w := range split(g.value(), ',') {
		kind, ok := tcpOptionKinds[w.Text]
		if !ok {
			n, good := parseUint(w.Text, 255)
			kind, ok = uint8(n), good && n >= 2
		}
		if !ok || slices.Contains(s.Kinds, kind) {
			c.bad(w, "%q is not an option's number from 2 to 255, or one of wscale, mss, sack-permitted, sack, timestamp and md5, each once", w.Text)
			return false
		}
		s.Kinds = append(s.Kinds, kind)
	}
	slices.Sort(s.Kinds)
	return true
}
