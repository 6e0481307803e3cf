package bytecode

import (
	"encoding/binary"
	"errors"
)

// Expr is one expression of a rule, as netlink has it: its name, and its attributes
// with the numbers of linux/netfilter/nf_tables.h.
type Expr struct {
	Name  string
	Attrs []Attr
}

// Attr is an attribute. Data is without its header, in the kernel's byte order for the
// attribute; Kind is without the flags for nested attributes and byte order.
type Attr struct {
	Kind uint16
	Data []byte
}

// Attr gives the attribute of a kind, nil where there is none.
func (e *Expr) Attr(kind uint16) []byte {
	for _, a := range e.Attrs {
		if a.Kind == kind {
			return a.Data
		}
	}
	return nil
}

// Number is an attribute as the number that nf_tables has there: big endian, up to
// eight bytes. It is 0 where there is none.
func (e *Expr) Number(kind uint16) uint64 { return number(e.Attr(kind)) }

func number(data []byte) (n uint64) {
	for _, b := range data[:min(len(data), 8)] {
		n = n<<8 | uint64(b)
	}
	return n
}

// N is an attribute with a number of 32 bits.
func N(kind uint16, n uint32) Attr { return Attr{kind, binary.BigEndian.AppendUint32(nil, n)} }

// N64 is an attribute with a number of 64 bits.
func N64(kind uint16, n uint64) Attr { return Attr{kind, binary.BigEndian.AppendUint64(nil, n)} }

// N16 is an attribute with a number of 16 bits.
func N16(kind uint16, n uint16) Attr { return Attr{kind, binary.BigEndian.AppendUint16(nil, n)} }

// N8 is an attribute with a number of 8 bits.
func N8(kind uint16, n uint8) Attr { return Attr{kind, []byte{n}} }

// Text is an attribute with a string.
func Text(kind uint16, s string) Attr { return Attr{kind, append([]byte(s), 0)} }

// Value is an attribute with the bytes that a register gets or is compared with.
func Value(kind uint16, data []byte) Attr {
	return Attr{kind, Marshal(Attr{dataValue, data})}
}

// Nested is an attribute with others in it.
func Nested(kind uint16, attrs ...Attr) Attr { return Attr{kind, Marshal(attrs...)} }

// Marshal writes attributes one behind the other, as netlink has them.
func Marshal(attrs ...Attr) (b []byte) {
	for _, a := range attrs {
		b = binary.NativeEndian.AppendUint16(b, uint16(4+len(a.Data)))
		b = binary.NativeEndian.AppendUint16(b, a.Kind)
		b = append(b, a.Data...)
		b = append(b, make([]byte, -len(a.Data)&3)...)
	}
	return b
}

var errShort = errors.New("the kernel's answer is cut short")

// attrFlags are the bits of an attribute's number that say how it is written.
const attrFlags = 1<<15 | 1<<14

// Marshal writes the expression as netlink has it.
func (e *Expr) Marshal() []byte {
	return Marshal(Text(exprName, e.Name), Attr{exprData, Marshal(e.Attrs...)})
}

// ParseAttrs reads attributes. An error says that they are cut short.
func ParseAttrs(b []byte) (out []Attr, err error) {
	for len(b) > 0 {
		if len(b) < 4 {
			return nil, errShort
		}
		n := int(binary.NativeEndian.Uint16(b))
		if n < 4 || n > len(b) {
			return nil, errShort
		}
		out = append(out, Attr{binary.NativeEndian.Uint16(b[2:]) &^ attrFlags, b[4:n]})
		b = b[min((n+3)&^3, len(b)):]
	}
	return out, nil
}

// ParseExprs reads the expressions of a rule: the attribute NFTA_RULE_EXPRESSIONS, or
// another list of expressions.
func ParseExprs(b []byte) ([]Expr, error) {
	list, err := ParseAttrs(b)
	if err != nil {
		return nil, err
	}
	out := make([]Expr, 0, len(list))
	for _, a := range list {
		e, err := parseExpr(a.Data)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func parseExpr(b []byte) (e Expr, err error) {
	list, err := ParseAttrs(b)
	for _, a := range list {
		switch a.Kind {
		case exprName:
			e.Name = TextOf(a.Data)
		case exprData:
			if e.Attrs, err = ParseAttrs(a.Data); err != nil {
				return e, err
			}
		}
	}
	return e, err
}

// TextOf is the string in an attribute.
func TextOf(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// DataOf gives the bytes in an attribute that holds a value, and whether it does.
func DataOf(b []byte) ([]byte, bool) {
	list, err := ParseAttrs(b)
	if err != nil || len(list) != 1 || list[0].Kind != dataValue {
		return nil, false
	}
	return list[0].Data, true
}
