package loader

import (
	"bytes"
	"encoding/binary"
	"testing"

	cilium "github.com/cilium/ebpf"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
)

// ip4 is an IPv4 packet: options are whole words, fragment is the field with the
// flags, and the body follows.
func ip4(protocol byte, fragment uint16, options, body []byte) []byte {
	p := make([]byte, 20, 64)
	p[0], p[8], p[9] = byte(0x45+len(options)/4), 64, protocol
	binary.BigEndian.PutUint16(p[2:], uint16(20+len(options)+len(body)))
	binary.BigEndian.PutUint16(p[6:], fragment)
	copy(p[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
	return append(append(p, options...), body...)
}

// ip6 is an IPv6 packet whose headers follow.
func ip6(next byte, headers ...[]byte) []byte {
	body := bytes.Join(headers, nil)
	p := make([]byte, 40, 64)
	p[0], p[6], p[7] = 0x60, next, 64
	binary.BigEndian.PutUint16(p[4:], uint16(len(body)))
	p[8], p[23], p[24], p[39] = 0xfd, 1, 0xfd, 2
	return append(p, body...)
}

// Headers that may stand in front of others.
func hop(next byte) []byte      { return []byte{next, 0, 1, 4, 0, 0, 0, 0} }
func longDest(next byte) []byte { return append([]byte{next, 1}, make([]byte, 14)...) }
func routing(next byte) []byte  { return []byte{next, 0, 0, 0, 0, 0, 0, 0} }
func auth(next byte) []byte     { return append([]byte{next, 4}, make([]byte, 22)...) }
func fragment(next byte, at uint16) []byte {
	return binary.BigEndian.AppendUint16([]byte{next, 0}, at)
}
func fragment8(next byte, at uint16) []byte { return append(fragment(next, at), 0, 0, 0, 9) }

func udp(sport, dport uint16, body int) []byte {
	p := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, sport), dport)
	return append(append(p, 0, byte(8+body), 0, 0), make([]byte, body)...)
}

func tcp(dport uint16, flags byte) []byte {
	p := binary.BigEndian.AppendUint16([]byte{0x99, 0x99}, dport)
	return append(append(p, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags), make([]byte, 6)...)
}

// TestHeaders gives programs packets of all shapes. A rule counts what it matches
// and drops nothing, so a packet that is dropped is one that the kernel's matches
// drop too (hotdrop): cut off in its header, or not to be followed.
func TestHeaders(t *testing.T) {
	const first = 0x2000 // more fragments follow
	for _, c := range []struct {
		name          string
		rule          string
		packet        []byte
		hit, accepted bool
	}{
		{"udp", "-p udp --dport 53", ip4(17, 0, nil, udp(9, 53, 30)), true, true},
		{"udp without a body", "-p udp --dport 53", ip4(17, 0, nil, udp(9, 53, 0)), true, true},
		{"udp behind options", "-p udp --dport 53", ip4(17, 0, make([]byte, 12), udp(9, 53, 3)), true, true},
		{"udp behind most options", "-p udp --dport 53", ip4(17, 0, make([]byte, 40), udp(9, 53, 40)), true, true},
		{"udp to another port", "-p udp --dport 53", ip4(17, 0, nil, udp(53, 9, 30)), false, true},
		{"udp cut off", "-p udp --dport 53", ip4(17, 0, nil, udp(9, 53, 0)[:7]), false, false},
		{"ports of udp cut off", "-p udp -m multiport --dports 53", ip4(17, 0, nil, udp(9, 53, 0)[:4]), true, true},
		{"ports cut off", "-p udp -m multiport --dports 53", ip4(17, 0, nil, udp(9, 53, 0)[:3]), false, false},
		{"first fragment", "-p udp --dport 53", ip4(17, first, nil, udp(9, 53, 8)), true, true},
		{"later fragment", "-p udp ! --dport 53", ip4(17, first|3, nil, udp(9, 53, 8)), false, true},
		{"later fragment, protocol alone", "-p udp", ip4(17, 3, nil, udp(9, 53, 8)), true, true},
		{"later fragment, -f", "-f", ip4(17, 3, nil, udp(9, 53, 8)), true, true},
		{"first fragment, -f", "-f", ip4(17, first, nil, udp(9, 53, 8)), false, true},
		{"tcp", "-p tcp --dport 22 --syn", ip4(6, 0, nil, tcp(22, 2)), true, true},
		{"tcp with ack", "-p tcp --dport 22 --syn", ip4(6, 0, nil, tcp(22, 18)), false, true},
		{"tcp cut off", "-p tcp --dport 22", ip4(6, 0, nil, tcp(22, 2)[:19]), false, false},
		{"ports of tcp cut off", "-p tcp -m multiport --ports 22", ip4(6, 0, nil, tcp(22, 2)[:5]), true, true},
		{"fragment over the flags of tcp", "-p tcp --dport 22", ip4(6, 1, nil, tcp(22, 2)), false, false},
		{"later fragment of tcp", "-p tcp --dport 22", ip4(6, 2, nil, tcp(22, 2)), false, true},
		{"icmp", "-p icmp --icmp-type 3/4", ip4(1, 0, nil, []byte{3, 4, 0, 0, 0, 0, 0, 0}), true, true},
		{"icmp of another code", "-p icmp ! --icmp-type 3/4", ip4(1, 0, nil, []byte{3, 1, 0, 0, 0, 0, 0, 0}), true, true},
		{"icmp cut off", "-p icmp --icmp-type 3/4", ip4(1, 0, nil, []byte{3, 4, 0, 0, 0, 0, 0}), false, false},
		{"dccp type", "-p dccp -m dccp --dccp-types RESET", ip4(33, 0, nil, []byte{0, 1, 0, 2, 3, 0, 0, 0, 7 << 1, 0, 0, 0}), true, true},
		{"sctp", "-p sctp -m sctp --sport 1", ip4(132, 0, nil, []byte{0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0}), true, true},
		{"dscp", "-m dscp --dscp 0", ip4(17, 0, nil, nil), true, true},

		{"udp6", "-p udp --dport 53", ip6(17, udp(9, 53, 30)), true, true},
		{"udp6 behind headers", "-p udp --dport 53", ip6(0, hop(43), routing(60), longDest(51), auth(17), udp(9, 53, 3)), true, true},
		{"udp6 behind too many headers", "-p udp --dport 53", ip6(0, bytes.Repeat(hop(0), 12), udp(9, 53, 3)), false, false},
		{"many headers, no protocol asked", "-d fd00::2", ip6(0, bytes.Repeat(hop(0), 12), udp(9, 53, 3)), true, true},
		{"udp6 cut off", "-p udp --dport 53", ip6(17, udp(9, 53, 0)[:5]), false, false},
		{"header cut off", "-p udp", ip6(0, hop(17)[:1]), false, false},
		{"header that ends behind the packet", "-p 17", ip6(0, []byte{17, 9, 0, 0}), true, true},
		{"first fragment6", "-p udp --dport 53", ip6(44, fragment8(17, 1), udp(9, 53, 8)), true, true},
		{"later fragment6", "-p udp ! --dport 53", ip6(44, fragment8(17, 8), udp(9, 53, 8)), false, true},
		{"later fragment6, protocol alone", "-p udp", ip6(44, fragment8(17, 8), udp(9, 53, 8)), true, true},
		{"later fragment6 of a header", "-p udp", ip6(44, fragment8(60, 8), udp(9, 53, 8)), false, false},
		{"fragment6 cut off", "-p udp", ip6(44, fragment(17, 0)[:3]), false, false},
		{"no next header", "-p 59", ip6(59), true, true},
		{"icmp6", "-p icmpv6 --icmpv6-type 135", ip6(58, []byte{135, 0, 0, 0, 0, 0, 0, 0, 0, 0}), true, true},
		{"tcp6", "-p tcp --dport 22 --syn", ip6(6, tcp(22, 2)), true, true},
		{"traffic class", "-m tos --tos 0", ip6(59), true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			hit, accepted := match(t, c.rule, c.packet)
			if hit != c.hit || accepted != c.accepted {
				t.Errorf("%s: hit %v, accepted %v; want %v, %v", c.rule, hit, accepted, c.hit, c.accepted)
			}
		})
	}
}

// match gives a packet to a rule without a target and tells whether it is counted
// and whether it is accepted.
func match(t *testing.T, rule string, packet []byte) (hit, accepted bool) {
	t.Helper()
	lab.Require(t)
	family, name := ast.IPv4, "v4_filter_input"
	if packet[0]>>4 == 6 {
		family, name = ast.IPv6, "v6_filter_input"
	}
	f, diags := grammar.ParseFile("rules", "*filter\n-A INPUT "+rule+"\nCOMMIT\n")
	programs, l := compile.Compile([]*ast.File{f}, compile.Options{Family: family})
	out, m := ebpf.Translate(programs, ebpf.Options{})
	if diags = append(append(diags, l...), m...); diags.HasErrors() {
		t.Fatal(diags)
	}
	loaded, err := Load(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer loaded.Close()
	verdict, err := loaded.coll.Programs[name].Run(&cilium.RunOptions{Data: packet})
	if err != nil {
		t.Fatal(err)
	}
	counters, err := loaded.Counters()
	if err != nil {
		t.Fatal(err)
	}
	if want := uint64(len(packet)); counters[0].Packets > 0 && counters[0].Bytes != want {
		t.Errorf("%d bytes are counted of %d", counters[0].Bytes, want)
	}
	return counters[0].Packets == 1, verdict == 1
}
