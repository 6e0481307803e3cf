package compile

import (
	"hash/maphash"
	"reflect"
)

var fingerprintSeed = maphash.MakeSeed()

// fingerprint is the same number for rules of the same meaning, so that most others can
// be told from them without a look at their steps: a long run of -D would otherwise
// compare every rule with every other. It is made once, when it is first asked for.
func (r *Rule) fingerprint() uint64 {
	if r.mark == 0 {
		var h maphash.Hash
		h.SetSeed(fingerprintSeed)
		for _, s := range r.Steps {
			hashValue(&h, reflect.ValueOf(withoutPlace(s)))
		}
		hashValue(&h, reflect.ValueOf(withoutPlace(r.Target)))
		r.mark = h.Sum64() | 1
	}
	return r.mark
}

// hashValue adds what a value is made of. Of what lies behind more than one pointer, and
// of maps, it only counts the kind: that is enough to tell nearly all rules apart.
func hashValue(h *maphash.Hash, v reflect.Value) {
	if !v.IsValid() {
		return
	}
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		h.WriteString(v.Type().String())
		v = v.Elem()
	}
	hashParts(h, v)
}

func hashParts(h *maphash.Hash, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			hashParts(h, v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			hashParts(h, v.Index(i))
		}
	case reflect.Slice:
		for i := range v.Len() { // nil and empty slices differ for DeepEqual only
			hashParts(h, v.Index(i))
		}
	case reflect.String:
		h.WriteString(v.String())
	case reflect.Bool:
		maphash.WriteComparable(h, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		maphash.WriteComparable(h, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		maphash.WriteComparable(h, v.Uint())
	}
}
