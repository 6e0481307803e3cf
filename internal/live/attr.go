package live

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// attr appends a netlink attribute.
func attr(b []byte, kind uint16, data []byte) []byte {
	b = binary.NativeEndian.AppendUint16(b, uint16(4+len(data)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, data...)
	return append(b, make([]byte, -len(data)&3)...)
}

// nest appends an attribute that holds others, which fill appends.
func nest(b []byte, kind uint16, fill func([]byte) []byte) []byte {
	at := len(b)
	b = binary.NativeEndian.AppendUint16(b, 0)
	b = binary.NativeEndian.AppendUint16(b, kind|unix.NLA_F_NESTED)
	b = fill(b)
	binary.NativeEndian.PutUint16(b[at:], uint16(len(b)-at))
	return b
}

// attrs calls fn for each attribute in b. What is cut short is left out.
func attrs(b []byte, fn func(kind uint16, data []byte)) {
	for len(b) >= 4 {
		n := int(binary.NativeEndian.Uint16(b))
		if n < 4 || n > len(b) {
			return
		}
		fn(binary.NativeEndian.Uint16(b[2:])&^uint16(unix.NLA_F_NESTED|unix.NLA_F_NET_BYTEORDER), b[4:n])
		b = b[min((n+3)&^3, len(b)):]
	}
}

func text0(s string) []byte { return append([]byte(s), 0) }

func textOf(data []byte) string { return string(bytes.TrimRight(data, "\x00")) }

// bigEndian reads a number of up to eight bytes in network order, as nf_tables has them.
func bigEndian(data []byte) (n uint64) {
	for _, b := range data[:min(len(data), 8)] {
		n = n<<8 | uint64(b)
	}
	return n
}
