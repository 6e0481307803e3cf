package bytecode

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Facts is what a rule does, one fact an entry. Tests between which nothing happens are
// in a fixed order, each once, and byte by byte, so that it makes no difference how
// many of them one comparison had. What has a state or an effect, and the verdict, are
// at their place between them.
//
// An expression whose meaning the package does not know is written down with all its
// attributes.
func Facts(rule []Expr, in Table) []string {
	m := &machine{sets: in.Sets, sure: sureBytes, known: map[string]bool{}, reached: map[string]int{}}
	if in.IPv6 {
		m.sure = sureBytes6
	}
	for i := range rule {
		m.step(&rule[i])
	}
	m.flush()
	return m.facts
}

// Table is what a rule's meaning depends on of its table.
type Table struct {
	IPv6 bool
	// Sets finds a set by its name; nil where there is none.
	Sets func(name string) *Set
}

// sureBytes are the bytes of each header that every packet has where a rule sees it.
var sureBytes, sureBytes6 = map[string]int{"ll": 14, "nh": 20}, map[string]int{"ll": 14, "nh": 40}

// machine goes through a rule with symbols in its registers.
type machine struct {
	sets      func(name string) *Set
	registers [64]symbol
	// tests are those since the last expression that was more than a test.
	tests []string
	// known are the tests that the packet has passed.
	known map[string]bool
	// fixed are the bits that the tests since the last effect hold to a value, and settled
	// those of all tests: a comparison may have any part of a byte.
	fixed, settled map[place]bitValue
	// sure and reached are how many bytes of each header the packet has.
	sure, reached map[string]int
	// far is how many bytes of them the tests since the last effect need.
	far   map[string]int
	facts []string
}

func (m *machine) step(e *Expr) {
	switch e.Name {
	case "payload":
		m.payload(e)
	case "bitwise":
		m.bitwise(e)
	case "byteorder":
		m.byteorder(e)
	case "immediate":
		m.immediate(e)
	case "cmp":
		m.compare(e)
	case "range":
		m.inRange(e)
	case "lookup":
		m.lookup(e)
	default:
		m.other(e)
	}
}

// size is a length in bytes, at most that of all registers.
func size(n uint64) int { return int(min(n, 64)) }

// at is the place of a register in memory.
func at(register uint64) int {
	register = min(register, 1000)
	if register >= register32 {
		return min(int(register-register32)*4, 60)
	}
	return min(int(max(register, register128)-register128)*16, 48)
}

func (m *machine) read(register uint64, n int) []symbol {
	from := at(register)
	return slices.Clone(m.registers[from:min(from+max(n, 0), len(m.registers))])
}

// write puts a value into a register. The kernel fills its last word with zeros.
func (m *machine) write(register uint64, list []symbol) {
	to := m.registers[at(register):]
	n := copy(to, list)
	clear(to[n:min((n+3)&^3, len(to))])
}

// test is a fact that the packet must fulfil. One that it has fulfilled before says
// nothing new.
func (m *machine) test(format string, args ...any) {
	fact := fmt.Sprintf(format, args...)
	if !m.known[fact] {
		m.known[fact] = true
		m.tests = append(m.tests, fact)
	}
}

// flush writes down the tests since the last effect.
func (m *machine) flush() {
	for base, end := range m.far {
		if end > m.reached[base] {
			m.reached[base] = end
			m.tests = append(m.tests, fmt.Sprintf("reach %s %d", base, end))
		}
	}
	m.far = nil
	for at, b := range m.fixed {
		m.settle(at, b)
	}
	m.fixed = nil
	slices.Sort(m.tests)
	m.facts = append(m.facts, m.tests...)
	m.tests = nil
}

// effect writes down something whose place in the rule counts.
func (m *machine) effect(fact string) {
	m.flush()
	m.facts = append(m.facts, fact)
}

// forget is what a write to the packet or its marks does to what is known.
func (m *machine) forget() { clear(m.known); clear(m.reached); clear(m.settled) }

// forgetSet is what a write to a set does: asking it again may have another answer.
func (m *machine) forgetSet(id string) {
	for fact := range m.known {
		if strings.HasSuffix(fact, " "+id) {
			delete(m.known, fact)
		}
	}
}

var headers = [...]string{"ll", "nh", "th", "inner"}

func (m *machine) payload(e *Expr) {
	base, offset, n := headers[min(int(e.Number(payloadBase)), len(headers)-1)], int(uint32(e.Number(payloadOffset))), size(e.Number(payloadLen))
	if sreg := e.Number(payloadSreg); sreg != 0 {
		m.effect(fmt.Sprintf("write %s[%d] := %s", base, offset, symbolsText(m.read(sreg, n))))
		m.forget()
		return
	}
	m.reach(base, offset+n)
	m.write(e.Number(payloadDreg), loaded(base, offset, n))
}

// reach says that the packet must have the bytes up to end: a load of bytes that are
// not there ends the rule.
func (m *machine) reach(base string, end int) {
	if end <= m.sure[base] {
		return
	}
	if m.far == nil {
		m.far = map[string]int{}
	}
	m.far[base] = max(m.far[base], end)
}

func (m *machine) bitwise(e *Expr) {
	n := size(e.Number(bitwiseLen))
	mask, ok1 := DataOf(e.Attr(bitwiseMask))
	xor, ok2 := DataOf(e.Attr(bitwiseXor))
	if e.Number(bitwiseOp) != 0 || !ok1 || !ok2 || len(mask) < n || len(xor) < n {
		m.opaque(e, bitwiseSreg, bitwiseDreg, n)
		return
	}
	list := m.read(e.Number(bitwiseSreg), n)
	for i := range list {
		list[i] = list[i].and(mask[i], xor[i])
	}
	m.write(e.Number(bitwiseDreg), list)
}

// opaque writes a value that is only known by how it was made.
func (m *machine) opaque(e *Expr, sreg, dreg uint16, n int) {
	from := m.describe(e, sreg, dreg) + " of (" + symbolsText(m.read(e.Number(sreg), n)) + ")"
	m.write(e.Number(dreg), loaded(from, 0, n))
}

// byteorder turns each number over: this package runs where the rule was loaded.
func (m *machine) byteorder(e *Expr) {
	n, width := size(e.Number(orderLen)), size(e.Number(orderSize))
	turned := m.read(e.Number(orderSreg), n)
	for i := 0; width > 0 && littleEndian && i+width <= len(turned); i += width {
		slices.Reverse(turned[i : i+width])
	}
	m.write(e.Number(orderDreg), turned)
}

func (m *machine) immediate(e *Expr) {
	value, ok := DataOf(e.Attr(immediateData))
	if ok {
		list := make([]symbol, len(value))
		for i, b := range value {
			list[i] = constant(b)
		}
		m.write(e.Number(immediateDreg), list)
		return
	}
	m.effect(verdictText(e.Attr(immediateData)))
}

// verdictText writes the verdict in an attribute of immediate.
func verdictText(b []byte) string {
	list, err := ParseAttrs(b)
	if err != nil || len(list) != 1 || list[0].Kind != dataVerdict {
		return fmt.Sprintf("verdict %x", b)
	}
	var code int32
	var chain string
	list, _ = ParseAttrs(list[0].Data)
	for _, a := range list {
		switch a.Kind {
		case verdictCode:
			code = int32(number(a.Data))
		case verdictChain:
			chain = " " + TextOf(a.Data)
		}
	}
	if name, ok := verdictNames[code]; ok {
		return name + chain
	}
	return fmt.Sprintf("verdict %d%s", code, chain)
}

var verdictNames = map[int32]string{0: "drop", 1: "accept", -1: "continue", -2: "break", -3: "jump", -4: "goto", -5: "return"}

func (m *machine) compare(e *Expr) {
	value, ok := DataOf(e.Attr(cmpData))
	list := m.read(e.Number(cmpSreg), len(value))
	op := uint32(e.Number(cmpOp))
	switch {
	case !ok || len(list) != len(value):
		m.other(e)
	case op == Eq:
		m.equal(list, value)
	case op == Ne:
		m.differ(list, value)
	case op == Le && len(m.tests) > 0 && m.tests[len(m.tests)-1] == ordered(Ge, list, value):
		m.tests = m.tests[:len(m.tests)-1] // a range of one value
		m.equal(list, value)
	default:
		m.test("%s", ordered(op, list, value))
	}
}

func ordered(op uint32, list []symbol, value []byte) string {
	return fmt.Sprintf("%s %s %x", operators[min(op, Ge)], symbolsText(list), value)
}

var operators = [...]string{"==", "!=", "<", "<=", ">", ">="}

// never is the test that no packet passes.
const never = "never"

func (m *machine) equal(list []symbol, value []byte) {
	for i, s := range list {
		v, possible := s.equals(value[i])
		switch {
		case !possible:
			m.test(never)
		case s.mask != 0:
			m.fix(place{s.from, s.index}, bitValue{s.mask, v})
		}
	}
}

// place is a byte of something that is loaded; bitValue are bits of it and their value.
type place struct {
	from  string
	index int
}

type bitValue struct{ mask, value byte }

// fix notes that bits must have a value.
func (m *machine) fix(at place, b bitValue) {
	if m.fixed == nil {
		m.fixed = map[place]bitValue{}
	}
	had := m.fixed[at]
	if had.mask&b.mask&(had.value^b.value) != 0 {
		m.test(never)
	}
	m.fixed[at] = bitValue{had.mask | b.mask, had.value | b.value}
}

// settle writes down what is new of a byte's bits.
func (m *machine) settle(at place, b bitValue) {
	if m.settled == nil {
		m.settled = map[place]bitValue{}
	}
	had := m.settled[at]
	if had.mask&b.mask&(had.value^b.value) != 0 {
		m.tests = append(m.tests, never)
	}
	if fresh := b.mask &^ had.mask; fresh != 0 {
		m.tests = append(m.tests, fmt.Sprintf("%s == %02x", symbol{from: at.from, index: at.index, mask: fresh}, b.value&fresh))
		m.settled[at] = bitValue{had.mask | b.mask, had.value | b.value&fresh}
	}
}

// bits writes the bits of its source that a symbol has.
func bits(s symbol) string { s.xor = 0; return s.String() }

// differ is a test that at least one of the bytes differs.
func (m *machine) differ(list []symbol, value []byte) {
	var parts []string
	for i, s := range list {
		v, possible := s.equals(value[i])
		if !possible {
			return // always
		}
		if s.mask != 0 {
			parts = append(parts, fmt.Sprintf("%s != %02x", bits(s), v))
		}
	}
	if len(parts) == 0 {
		m.test(never)
		return
	}
	slices.Sort(parts)
	m.test("%s", strings.Join(parts, " or "))
}

func (m *machine) inRange(e *Expr) {
	from, ok := DataOf(e.Attr(rangeFrom))
	to, ok2 := DataOf(e.Attr(rangeTo))
	list := m.read(e.Number(rangeSreg), len(from))
	switch op := uint32(e.Number(rangeOp)); {
	case !ok || !ok2:
		m.other(e)
	case slices.Equal(from, to) && op == Ne:
		m.differ(list, from)
	case slices.Equal(from, to):
		m.equal(list, from)
	case op == Eq:
		m.test("%s", ordered(Ge, list, from))
		m.test("%s", ordered(Le, list, to))
	default:
		m.test("outside %s %x-%x", symbolsText(list), from, to)
	}
}

// lookup asks a set. The elements of one without a name stand in the fact.
func (m *machine) lookup(e *Expr) {
	name, is := TextOf(e.Attr(lookupSet)), "in"
	if e.Number(lookupFlags)&1 != 0 {
		is = "not in"
	}
	set := m.sets(name)
	if set == nil {
		m.test("lookup %s %s", is, name)
		return
	}
	key := m.read(e.Number(lookupSreg), size(uint64(set.KeyLen)))
	if dreg := e.Number(lookupDreg); dreg != 0 || e.Attr(lookupDreg) != nil {
		what := "map " + symbolsText(key) + " " + set.id()
		m.test("%s", what)
		m.write(dreg, loaded(what, 0, 16))
		if dreg == 0 {
			m.effect("verdict of " + what)
		}
		return
	}
	m.test("%s %s %s", symbolsText(key), is, set.id())
}

// other is an expression that is known by its attributes: it loads something, tests
// something, or acts.
func (m *machine) other(e *Expr) {
	s, ok := shapes[e.Name]
	if !ok {
		m.effect("unknown " + m.describe(e))
		m.forget()
		return
	}
	if e.Attr(s.dreg) != nil && s.dreg != 0 {
		from := m.describe(e, s.dreg)
		m.test("load %s", from)
		m.write(e.Number(s.dreg), loaded(from, 0, s.size(e)))
		return
	}
	m.effect(m.describe(e, s.hidden...))
	switch {
	case s.writes:
		m.forget()
	case e.Name == "dynset":
		m.forgetSet("@" + TextOf(e.Attr(dynsetSet)))
	}
}

// describe writes an expression with its attributes in order, registers as what is in
// them, and those that are 0 left out, as is a number that the kernel leaves out.
func (m *machine) describe(e *Expr, without ...uint16) string {
	s := shapes[e.Name]
	list := slices.Clone(e.Attrs)
	slices.SortStableFunc(list, func(a, b Attr) int { return cmp.Compare(a.Kind, b.Kind) })
	out := e.Name
	for _, a := range list {
		switch width, isRegister := s.sregs[a.Kind]; {
		case slices.Contains(without, a.Kind) || isZero(a.Data):
		case isRegister:
			out += fmt.Sprintf(" %d=(%s)", a.Kind, symbolsText(m.read(number(a.Data), width(m, e))))
		case slices.Contains(s.texts, a.Kind):
			out += fmt.Sprintf(" %d=%q", a.Kind, TextOf(a.Data))
		case slices.Contains(s.exprs, a.Kind):
			out += fmt.Sprintf(" %d={%s}", a.Kind, m.inner(a.Data))
		default:
			out += fmt.Sprintf(" %d=%x", a.Kind, a.Data)
		}
	}
	return out
}

func isZero(b []byte) bool { return !slices.ContainsFunc(b, func(c byte) bool { return c != 0 }) }

// inner describes the expressions in an attribute: one, or a list.
func (m *machine) inner(b []byte) string {
	if one, err := parseExpr(b); err == nil && one.Name != "" {
		return m.describeInner(one)
	}
	list, err := ParseExprs(b)
	if err != nil {
		return fmt.Sprintf("%x", b)
	}
	var out []string
	for _, e := range list {
		out = append(out, m.describeInner(e))
	}
	return strings.Join(out, "; ")
}

func (m *machine) describeInner(e Expr) string { return m.describe(&e, shapes[e.Name].hidden...) }
