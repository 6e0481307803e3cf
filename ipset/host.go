package ipset

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Host runs commands one by one, as ipset on a host that has the sets. Other than
// ParseFile it refuses what the kernel refuses because of the sets that there are.
type Host struct {
	Sets Collection
	// InUse tells whether a rule names the set. The kernel keeps such a set, and
	// its name.
	InUse func(name string) bool

	log  strings.Builder
	use  usage
	made bool
}

// NewHost takes a copy of the sets.
func NewHost(sets Collection, inUse func(name string) bool) *Host {
	h := &Host{Sets: make(Collection, len(sets)), InUse: inUse}
	for name, s := range sets {
		own := *s
		own.Entries, own.index = slices.Clone(s.Entries), nil
		own.spread = 0 // what was there before does not count
		h.Sets[name] = &own
	}
	return h
}

// Run runs one command of a script. The words stand in f, those behind the name of
// the program. It tells why ipset fails: with IPSetUnknown or IPSetRefused because of
// the sets that there are, where its status is 1; with any other code because of what
// cannot be told here, such as the address of a name.
func (h *Host) Run(f *ast.File, words []ast.Word) *diag.Diagnostic {
	line := uint32(0)
	if len(words) > 0 {
		line = words[0].Start.Line
	}
	var diags diag.List
	p := &parser{sets: h.Sets, file: f, diags: &diags, lineNo: line, text: f.Line(line), host: h, use: &h.use}
	return h.run(p, words)
}

// RunLines runs the lines of a text that `ipset restore` reads, the first of which is
// line start of f, up to the first that fails. With fixed all are that line. With
// exist the command itself has -exist.
func (h *Host) RunLines(f *ast.File, text string, start uint32, fixed, exist bool) *diag.Diagnostic {
	var diags diag.List
	p := &parser{sets: h.Sets, file: f, diags: &diags, lineNo: start, host: h, use: &h.use, exist: exist}
	for line := range strings.Lines(text) {
		p.text = strings.TrimRight(line, "\r\n")
		words, ok := p.words(p.text)
		if !ok {
			return &diags[0]
		}
		if len(words) > 0 && words[0].Text != "COMMIT" {
			if why := h.run(p, words); why != nil {
				return why
			}
		}
		if !fixed {
			p.lineNo++
		}
	}
	return nil
}

// run runs one command. An option such as -exist counts for all lines behind it too,
// as in ipset.
func (h *Host) run(p *parser, words []ast.Word) *diag.Diagnostic {
	plain := flags(words)
	p.exist = p.exist || slices.ContainsFunc(words, isExist)
	if len(plain) == 0 {
		p.report(diag.IPSetSyntax, ast.Word{}, "there is no command in this line", "ipset refuses it.", "Remove it.")
		return &(*p.diags)[0]
	}
	if i := slices.IndexFunc(words, func(w ast.Word) bool { return strings.ContainsFunc(w.Text, unfit) }); i >= 0 {
		p.bad(words[i], "a quote or a control character stands in this word")
		return &(*p.diags)[0]
	}
	name := plain[0].Text
	run := findCommand(name)
	switch {
	case isCommand(name, "test", "-T"):
		p.test(plain[1:])
	case isCommand(name, "list", "-L"), isCommand(name, "save", "-S"):
		p.show(plain[1:])
	case run == nil:
		p.report(diag.IPSetSyntax, plain[0], fmt.Sprintf("%q is no command of ipset that is run here", name), "What it would do to the sets is not known.", "")
	default:
		run(p, plain[1:])
	}
	if len(*p.diags) > 0 {
		return &(*p.diags)[0]
	}
	if run != nil {
		h.note(plain)
	}
	return nil
}

// unfit tells what no line of ipset restore can hold within a word.
func unfit(r rune) bool { return r < ' ' || r == '"' || r == 0x7f }

// note keeps a command that was done.
func (h *Host) note(words []ast.Word) {
	for i, w := range words {
		if i > 0 {
			h.log.WriteByte(' ')
		}
		if w.Text == "" || strings.ContainsAny(w.Text, " \t") {
			h.log.WriteString(`"` + w.Text + `"`)
		} else {
			h.log.WriteString(w.Text)
		}
	}
	h.log.WriteByte('\n')
}

// Done are the commands that changed the sets so far, as `ipset -exist restore` reads
// them.
func (h *Host) Done() string { return h.log.String() }

// Made tells whether a command has made a set.
func (h *Host) Made() bool { return h.made }

// Settled are the sets behind the last command.
func (h *Host) Settled() Collection {
	out := maps.Clone(h.Sets)
	for _, s := range out {
		s.settle()
	}
	return out
}

func isExist(w ast.Word) bool {
	return !w.Quoted && (w.Text == "-exist" || w.Text == "--exist" || w.Text == "-!")
}

func isCommand(word, name, short string) bool {
	long := strings.TrimPrefix(word, "--")
	return word == short || long != "" && strings.HasPrefix(name, long)
}

// show is list and save, which fail for a set that is not there.
func (p *parser) show(args []ast.Word) {
	args = slices.DeleteFunc(slices.Clone(args), func(w ast.Word) bool { return strings.HasPrefix(w.Text, "-") })
	if len(args) > 0 && p.onlyOne(args) {
		p.set(args)
	}
}

// onlyOne refuses what stands behind the name of a set.
func (p *parser) onlyOne(args []ast.Word) bool {
	if len(args) > 1 {
		p.report(diag.IPSetSyntax, args[1], "unknown argument "+args[1].Text, "ipset refuses the line.", "Remove it.")
	}
	return len(args) < 2
}

// test looks an entry up. Only what needs no packet is answered.
func (p *parser) test(args []ast.Word) {
	s := p.set(args)
	if s == nil {
		return
	}
	keys, _, ok := p.entry(s, args[1:], &Entry{})
	if !ok || len(keys) > 1 && !p.affords(len(keys), args[1]) {
		return
	}
	if len(args) > 2 || len(keys) != 1 || s.Type.List || s.Type.Has(Iface) || s.Type.Has(Net) && len(s.Type.Fields) > 1 {
		p.bad(args[1], "what ipset test says of this is not known here")
		return
	}
	if !s.has(keys[0]) {
		p.refused(args[1], "%s is not in the set %s", args[1].Text, s.Name)
	}
}

// has finds an entry as ipset test does: an address lies in the most specific net.
func (s *Set) has(k Key) bool {
	if i, ok := s.index[s.found(k)]; ok {
		return !s.Entries[i].NoMatch
	}
	if !s.Type.Has(Net) || !k.Nets[0].IsSingleIP() {
		return false
	}
	for bits := k.Nets[0].Bits() - 1; bits >= 0; bits-- {
		net, err := k.Nets[0].Addr().Prefix(bits)
		if err != nil {
			return false
		}
		if i, ok := s.index[Key{Nets: [2]netip.Prefix{net}}]; ok {
			return !s.Entries[i].NoMatch
		}
	}
	return false
}

// refused reports what ipset refuses because of the sets that there are.
func (p *parser) refused(w ast.Word, format string, args ...any) {
	if p.host == nil {
		p.bad(w, format, args...)
		return
	}
	p.report(diag.IPSetRefused, w, fmt.Sprintf(format, args...), "ipset gives up at this line; those behind it are not done.",
		"Remove the line. Where it makes what is there already, or removes what is gone, ipset -exist restore goes on.")
}

// isUsed refuses to take a set away that rules or lists name.
func (p *parser) isUsed(w ast.Word) bool {
	if p.host == nil || !p.affords(p.host.searches(), w) {
		return p.use.stopped
	}
	if !p.host.used(w.Text) {
		return false
	}
	p.refused(w, "set %s is in use", w.Text)
	return true
}

// searches is how many entries used looks at.
func (h *Host) searches() int {
	n := len(h.Sets) / 8
	for _, s := range h.Sets {
		if s.Type.List {
			n += len(s.Entries)
		}
	}
	return n
}

func (h *Host) used(name string) bool {
	if h.InUse(name) {
		return true
	}
	for _, s := range h.Sets {
		if s.Type.List && slices.ContainsFunc(s.Entries, func(e Entry) bool { return !e.dead && e.Member == name }) {
			return true
		}
	}
	return false
}

// destroyAll destroys all sets, or none where one is in use.
func (p *parser) destroyAll() {
	if p.host != nil {
		each := p.host.searches()
		for name := range p.sets {
			if !p.affords(each, ast.Word{}) {
				return
			}
			if p.host.used(name) {
				p.refused(ast.Word{}, "set %s is in use, and no set is destroyed", name)
				return
			}
		}
	}
	clear(p.sets)
	p.use.spread = 0
}

// refusedPart is refused, where nothing was done yet. What a command has half done is
// an error of another kind, which no script can be asked about.
func (p *parser) refusedPart(begun bool, w ast.Word, format string, args ...any) {
	if begun {
		p.bad(w, format, args...)
		return
	}
	p.refused(w, format, args...)
}

// takes tells whether the set takes an entry. With begun it has taken others of the
// same command.
func (p *parser) takes(s *Set, k Key, w ast.Word, begun bool) bool {
	if p.host == nil {
		return true
	}
	_, there := s.index[s.found(k)]
	switch {
	case there && !p.exist:
		p.refusedPart(begun, w, "%s is in the set %s already", w.Text, s.Name)
	case there || !s.full(1):
		return true
	case s.ForceAdd:
		p.bad(w, "set %s is full, and which entry makes room is not known", s.Name)
	default:
		p.refusedPart(begun, w, "set %s is full", s.Name)
	}
	return false
}

// full tells whether the set has no room for n more. Lists grow whatever their size says.
func (s *Set) full(n int) bool { return !s.Type.List && len(s.index)+n > int(s.MaxElem) }

// like tells whether the kernel takes a set for the same as one to be made (its
// same_set): sizes of tables do not count, nor does the family.
func (s *Set) like(t *Set) bool {
	return s.Type == t.Type && s.MaxElem == t.MaxElem && s.Timed == t.Timed && s.Timeout == t.Timeout &&
		s.Mask == t.Mask && s.MarkMask == t.MarkMask && s.Counters == t.Counters && s.SkbInfo == t.SkbInfo && s.Comments == t.Comments &&
		s.First == t.First && s.Last == t.Last && s.FirstPort == t.FirstPort && s.LastPort == t.LastPort
}
