package lab

import (
	"bytes"
	"net/netip"
	"testing"
	"time"
)

// wirePackets are one of each shape.
func wirePackets() (ps []Packet) {
	for _, src := range []string{"192.0.2.1", "2001:db8::1"} {
		for _, proto := range []Protocol{UDP, TCP, ICMP, 47} {
			for _, payload := range []string{"", "odd"} {
				p := Packet{Src: netip.MustParseAddr(src), Proto: proto, Payload: payload}
				ps = append(ps, p.withDefaults(Input))
				if p.Src.Is6() {
					p.HopByHop, p.Fragment = 256, 100
					ps = append(ps, p.withDefaults(Input))
				}
			}
		}
	}
	return ps
}

func TestDecodeFindsWhatEncodeWrote(t *testing.T) {
	for i, p := range wirePackets() {
		b := p.encode(uint32(i))
		if _, seq, ok := decode(b); !ok || seq != uint32(i) {
			t.Errorf("%v: sequence %d, %v; want %d", p, seq, ok, i)
		}
		for n := range b {
			if _, _, ok := decode(b[:n]); ok && n < len(b)-len(p.Payload) {
				t.Errorf("%v: decoded from %d of %d bytes", p, n, len(b))
			}
		}
	}
}

// TestQuotesAreNotPackets wraps packets as an ICMP error does.
func TestQuotesAreNotPackets(t *testing.T) {
	for _, p := range wirePackets() {
		quote := p
		quote.Proto = ICMP
		b := quote.encode(1)
		header := len(b) - len(p.Payload) - tagLen - 8 // that of ICMP
		b = append(b[:header+8], p.encode(1)...)
		b[header] = map[bool]byte{true: 3, false: 1}[p.Src.Is4()] // destination unreachable
		if _, _, ok := decode(b); ok {
			t.Errorf("an error about %v was taken for it", p)
		}
	}
}

func TestChecksum(t *testing.T) {
	// The example of RFC 1071: the sum is ddf2.
	if got := checksum([]byte{0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7}, 0); got != 0x220d {
		t.Errorf("checksum %x", got)
	}
	if got := checksum(bytes.Repeat([]byte{0xff}, 3), 0); got != 0x00ff {
		t.Errorf("checksum of an odd length %x", got)
	}
}

func TestNearEdge(t *testing.T) {
	for ms, want := range map[int]bool{
		0: false, 29: false, 970: false, 971: true, 1000: true, 1029: true, 1030: false,
		1500: false, 2990: true, 4030: false, 13000: true,
	} {
		if got := NearEdge(time.Duration(ms) * time.Millisecond); got != want {
			t.Errorf("NearEdge(%d ms) = %v", ms, got)
		}
	}
}

// TestSafeWindow compares with what it stands for.
func TestSafeWindow(t *testing.T) {
	for s := 1; s <= 60; s++ {
		edge, want := time.Duration(s)*time.Second, true
		for age := Grid; age < edge+time.Second; age += Grid {
			if NearEdge(age) && age.Round(time.Second) == edge {
				want = false
			}
		}
		if SafeWindow(s) != want {
			t.Errorf("SafeWindow(%d) = %v", s, !want)
		}
	}
}
