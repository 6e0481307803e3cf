package ebpf

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cilium/ebpf/btf"
)

// typeTable is the BTF section as it is being made: the library writes the
// types, and strings are appended for what only .BTF.ext speaks of.
type typeTable struct {
	builder *btf.Builder
	raw     []byte
	strings map[string]uint32
}

// The header of BTF: where the length of the strings stands.
const (
	btfHeaderLen  = 24
	btfStringsOff = 16
	btfStringsLen = 20
)

// marshal writes the types; none can be added afterwards.
func (t *typeTable) marshal() (err error) {
	t.raw, err = t.builder.Marshal(nil, &btf.MarshalOptions{Order: byteOrder})
	if err != nil {
		return err
	}
	end := btfHeaderLen + binary.LittleEndian.Uint32(t.raw[btfStringsOff:]) + binary.LittleEndian.Uint32(t.raw[btfStringsLen:])
	if int(end) != len(t.raw) {
		return errors.New("BTF does not end with its strings")
	}
	t.strings = map[string]uint32{}
	return nil
}

// text gives the place of a string, which it appends if it is new.
func (t *typeTable) text(s string) uint32 {
	if at, ok := t.strings[s]; ok {
		return at
	}
	at := binary.LittleEndian.Uint32(t.raw[btfStringsLen:])
	t.raw = append(append(t.raw, s...), 0)
	binary.LittleEndian.PutUint32(t.raw[btfStringsLen:], at+uint32(len(s))+1)
	t.strings[s] = at
	return at
}

// id gives the number of a type that was added.
func (t *typeTable) id(typ btf.Type) (uint32, error) {
	id, err := t.builder.Add(typ)
	if err != nil {
		return 0, fmt.Errorf("type %v: %w", typ, err)
	}
	return uint32(id), nil
}

// extension is the .BTF.ext section: which function begins where, which rule,
// and which instructions have a field's offset. Each part has the records of
// every section of the object in turn.
type extension struct {
	functions, lines, fields records
}

// records are those of one kind.
type records struct {
	size uint32
	data []byte
}

// section begins the records of a section of the object.
func (r *records) section(name, count uint32) {
	if count > 0 {
		r.data = byteOrder.AppendUint32(byteOrder.AppendUint32(r.data, name), count)
	}
}

func (r *records) add(words ...uint32) {
	for _, w := range words {
		r.data = byteOrder.AppendUint32(r.data, w)
	}
}

// extHeaderLen is the length of the header with all three parts.
const extHeaderLen = 32

func (x *extension) bytes() []byte {
	head := byteOrder.AppendUint16(nil, 0xeb9f)
	head = append(head, 1, 0)
	head = byteOrder.AppendUint32(head, extHeaderLen)
	var body []byte
	for _, r := range []*records{&x.functions, &x.lines, &x.fields} {
		var part []byte
		if len(r.data) > 0 { // libbpf refuses a part without records
			part = append(byteOrder.AppendUint32(nil, r.size), r.data...)
		}
		head = byteOrder.AppendUint32(byteOrder.AppendUint32(head, uint32(len(body))), uint32(len(part)))
		body = append(body, part...)
	}
	return append(head, body...)
}
