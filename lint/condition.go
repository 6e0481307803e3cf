package lint

import (
	"cmp"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// conditionOf gives the packets that pass all conditions of a rule. Meters and
// what is asked of lists are left out: they may be true.
func conditionOf(r *compile.Rule) region {
	out := everything
	if r.Failed {
		out.exact = false
		return out
	}
	for _, s := range r.Steps {
		switch s.Kind() {
		case compile.Condition:
			part := everything
			narrow(&part, s)
			out = out.and(&part)
		case compile.Meter:
			out.exact = false
		case compile.ListStep:
			out.exact = out.exact && alwaysTrue(s)
		}
	}
	return out
}

// alwaysTrue tells whether a list step lets every packet go on.
func alwaysTrue(s compile.Step) bool {
	r, ok := s.(*compile.Record)
	return ok && !r.IfListed
}

// narrow restricts a region to what a condition lets pass.
func narrow(r *region, s compile.Step) {
	switch s := s.(type) {
	case *compile.Address:
		narrowAddress(r, s)
	case *compile.Interface:
		narrowDevice(r, s)
	case *compile.Protocol:
		if s.Not {
			r.others = append(r.others, other{text: fmt.Sprintf("! protocol %d", s.Number)})
		} else {
			r.protocol = s.Number
		}
	case *compile.TCP:
		r.ports(s.Source, s.Dest)
		if s.Flags != nil {
			r.flags = flagsOf(s.Flags)
		}
		if s.Option != nil {
			r.others = append(r.others, other{text: canonical(s.Option)})
		}
	case *compile.UDP:
		r.ports(s.Source, s.Dest)
	case *compile.SCTP:
		r.ports(s.Source, s.Dest)
	case *compile.Multiport:
		narrowMultiport(r, s)
	case *compile.Conntrack:
		narrowState(r, s)
	case *compile.ICMP:
		narrowICMP(r, s.ICMPType)
	case *compile.ICMP6:
		narrowICMP(r, s.ICMPType)
	default:
		r.others = append(r.others, other{text: canonical(s)})
	}
}

func narrowAddress(r *region, a *compile.Address) {
	bits, ok := a.Prefix()
	if !ok {
		r.others = append(r.others, other{text: canonical(a)})
		return
	}
	net := netip.PrefixFrom(a.Addr, bits)
	switch {
	case a.Not && bits == 0:
		r.empty = true
	case a.Not:
		r.others = append(r.others, other{not: net, side: a.Side})
	case bits == 0:
	case a.Side == compile.SourceSide:
		r.src = net
	default:
		r.dst = net
	}
}

func narrowDevice(r *region, i *compile.Interface) {
	d := device{i.Name, i.Wildcard}
	switch {
	case i.Wildcard && i.Name == "":
		r.empty = i.Not
	case i.Not:
		r.others = append(r.others, other{device: d, out: i.Out})
	case i.Out:
		r.out = d
	default:
		r.in = d
	}
}

func (r *region) ports(source, dest *compile.Ports) {
	if source != nil {
		r.sport = spansOf([]compile.Span{source.Span}, source.Not)
	}
	if dest != nil {
		r.dport = spansOf([]compile.Span{dest.Span}, dest.Not)
	}
	r.empty = r.empty || r.sport != nil && len(r.sport) == 0 || r.dport != nil && len(r.dport) == 0
}

func narrowMultiport(r *region, m *compile.Multiport) {
	ports := spansOf(m.Ports, m.Not)
	switch m.Side {
	case compile.SourcePort:
		r.sport = ports
	case compile.DestPort:
		r.dport = ports
	default:
		r.others = append(r.others, other{text: canonical(m)})
	}
}

// spansOf sorts and joins ranges of ports, and turns them round if not.
func spansOf(ports []compile.Span, not bool) spans {
	sorted := slices.SortedFunc(slices.Values(ports), func(a, b compile.Span) int { return cmp.Compare(a.Low, b.Low) })
	out := spans{}
	for _, s := range sorted {
		if last := len(out) - 1; last >= 0 && s.Low <= out[last].High+1 {
			out[last].High = max(out[last].High, s.High)
		} else {
			out = append(out, s)
		}
	}
	if not {
		return out.complement()
	}
	if len(out) == 1 && out[0] == (compile.Span{Low: 0, High: 65535}) {
		return nil
	}
	return out
}

func (s spans) complement() spans {
	out, next := spans{}, uint32(0)
	for _, x := range s {
		if x.Low > next {
			out = append(out, compile.Span{Low: next, High: x.Low - 1})
		}
		next = x.High + 1
	}
	if next <= 65535 {
		out = append(out, compile.Span{Low: next, High: 65535})
	}
	return out
}

// flagsOf is the set of combinations of flags that the match lets pass.
func flagsOf(f *compile.TCPFlags) (set uint64) {
	for flags := range uint8(64) {
		if (flags&f.Mask == f.Set) != f.Not {
			set |= 1 << flags
		}
	}
	return set
}

// synOnly are the combinations of flags that open a connection.
var synOnly = flagsOf(&compile.TCPFlags{Mask: 0x17, Set: 0x02})

// narrowState takes the state of a conntrack match. What it asks besides is left
// out: of packets without a connection the kernel asks nothing else.
func narrowState(r *region, m *compile.Conntrack) {
	if m.State&^allStates != 0 || m.State == 0 && !m.NotState {
		r.exact = false
		return
	}
	r.state = m.State
	if m.NotState {
		r.state = allStates &^ m.State
	}
	r.exact = !asksMore(m)
	r.empty = r.state == 0
}

func asksMore(m *compile.Conntrack) bool {
	return m.HasStatus || m.Protocol != nil || len(m.Addrs) > 0 || len(m.Ports) > 0 || m.Expires != nil || m.HasDirection
}

func narrowICMP(r *region, t compile.ICMPType) {
	switch {
	case t.Any && !t.Not:
	case t.Not || t.Any:
		r.others = append(r.others, other{text: fmt.Sprintf("! icmp %+v", t)})
	case t.AnyCode:
		r.icmp = icmpTypes{true, t.Type, 0, 255}
	default:
		r.icmp = icmpTypes{true, t.Type, t.Code, t.Code}
	}
}

// canonical writes a match so that equal text means equal matches: through
// pointers, with every field but places in the input.
func canonical(v any) string {
	var b strings.Builder
	canonicalValue(&b, reflect.ValueOf(v))
	return b.String()
}

var (
	rangeType = reflect.TypeFor[ast.Range]()
	ours      = reflect.TypeFor[compile.Rule]().PkgPath()
)

func canonicalValue(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		switch {
		case v.IsNil():
			b.WriteString("nil")
		case v.Kind() == reflect.Pointer && v.Type().Elem().PkgPath() != ours:
			fmt.Fprintf(b, "%p", v.UnsafePointer()) // a set of ipset is the same or it is not
		default:
			canonicalValue(b, v.Elem())
		}
	case reflect.Struct:
		canonicalStruct(b, v)
	case reflect.Slice, reflect.Array:
		b.WriteByte('[')
		for i := range v.Len() {
			canonicalValue(b, v.Index(i))
			b.WriteByte(' ')
		}
		b.WriteByte(']')
	default:
		fmt.Fprintf(b, "%#v", v)
	}
}

func canonicalStruct(b *strings.Builder, v reflect.Value) {
	if v.Type() == reflect.TypeFor[netip.Addr]() {
		fmt.Fprint(b, v)
		return
	}
	b.WriteString(v.Type().String() + "{")
	for i := range v.NumField() {
		if v.Field(i).Type() != rangeType {
			canonicalValue(b, v.Field(i))
			b.WriteByte(' ')
		}
	}
	b.WriteByte('}')
}
