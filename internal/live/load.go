package live

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	bpf "github.com/recentc/recentc/backend/ebpf/loader"
	"github.com/recentc/recentc/backend/nft"
)

// Request is what to load.
type Request struct {
	// Tables are those of a translation. Only they are touched.
	Tables []nft.Table
	// Programs are BPF programs, which are loaded in place of tables if they are there.
	Programs *bpf.Image `json:",omitempty"`
	// Import fills the lists from xt_recent's, of which Proc is the folder.
	Import bool
	Proc   string
	// Undo asks that what stands can be restored after the load.
	Undo bool

	trial *trial
}

// Report says what was done.
type Report struct {
	// Tables are those loaded, Programs where BPF programs stand.
	Tables, Programs []string
	// Kept are the lists that stayed with what they held, Fresh those of which a
	// window begins empty though the list was loaded before.
	Kept, Fresh []string
	Imported    []Imported
	Notes       []string
}

// Imported is a list of xt_recent's that was carried over.
type Imported struct {
	Name, Family      string
	Addresses, Stamps int
}

// Loaded is a firewall that was loaded and can still be taken back.
type Loaded struct {
	Report Report
	before []*snapshot
	// change is that of BPF programs, nil for tables.
	change *bpf.Change
	unlock func()
}

// Keep lets the new firewall stand.
func (l *Loaded) Keep() error {
	defer l.unlock()
	if l.change != nil {
		return l.change.Keep()
	}
	return nil
}

// Restore, where the request had Undo, puts back what stood before, lists and ages included: grown older by the
// time since, without what the new rules recorded or removed.
func (l *Loaded) Restore() error {
	defer l.unlock()
	return l.restore()
}

func (l *Loaded) restore() error {
	if l.change != nil {
		return l.change.Restore()
	}
	return restore(l.before)
}

// Load checks the tables with nft, and loads them. The rules of all tables change in
// one transaction. Lists that mean the same as before keep what they hold. After an
// error all is as before. It waits for no one: see [Confirm].
func Load(req Request) (out *Loaded, err error) {
	unlock, err := lock()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			unlock()
		}
	}()
	if err := req.trial.begin(); err != nil {
		return nil, err
	}
	defer func() { err = req.trial.loaded(err) }()
	if req.Programs != nil {
		return loadPrograms(req, unlock)
	}
	for range loadTries {
		if out, err = loadTables(req, unlock); !errors.Is(err, errMoved) {
			break
		}
	}
	return out, err
}

// loadTries is how often a load is tried that others change the table under.
const loadTries = 5

func loadTables(req Request, unlock func()) (*Loaded, error) {
	l := &loader{Request: req, out: &Loaded{unlock: unlock}}
	for _, do := range []func() error{l.look, l.read, l.check, l.snapshot} {
		if err := do(); err != nil {
			return nil, err
		}
	}
	if err := l.load(); err != nil {
		return nil, fmt.Errorf("%w%s", err, l.undo())
	}
	if err := l.readBack(); err != nil {
		return nil, fmt.Errorf("%w%s", err, l.goBack())
	}
	l.report()
	return l.out, nil
}

type loader struct {
	Request
	steps []*step
	// was is what stood at the beginning.
	was      []*present
	warnings []string
	importer *importer
	out      *Loaded
	// back is what stood before, to go back to if nft loads what is not meant.
	back []*snapshot
}

// look finds out what is loaded, and refuses to replace what is not ours.
func (l *loader) look() error {
	for _, t := range l.Tables {
		p, err := look(t.Family, t.Name)
		if err != nil {
			return err
		}
		if !p.ours() {
			return wrong("there is a table %s %s that recentc did not make, so it is left alone; use --table with another name", t.Family, t.Name)
		}
		l.steps, l.was = append(l.steps, newStep(p, t)), append(l.was, p)
	}
	return nil
}

// read reads xt_recent's lists.
func (l *loader) read() (err error) {
	if l.Import {
		l.importer, err = newImporter(l.Proc, l.steps)
	}
	return err
}

// check lets nft and the kernel try everything without doing it.
func (l *loader) check() error {
	script := ""
	for _, s := range l.steps {
		if !s.was.exists {
			script += creation(s.was)
		}
	}
	if _, err := tool(script+l.script(), "-c", "-f", "-"); err != nil {
		return fmt.Errorf("nft does not take the translation on this machine: %w; nothing was changed", err)
	}
	return nil
}

// snapshot remembers what stands. A load in one transaction needs no way back but for
// what nft may make of the rules: then a table that cannot be listed is replaced all the same.
func (l *loader) snapshot() error {
	needed := l.Import || l.Undo || !l.single()
	for _, s := range l.steps {
		before, err := take(s.was)
		if err != nil {
			l.back = nil
			return onlyIf(needed, err)
		}
		l.back = append(l.back, before)
	}
	if !needed {
		return nil
	}
	l.out.before = l.back
	return l.trial.record(l.out.before, nil)
}

// onlyIf is an error where what failed is needed.
func onlyIf(needed bool, err error) error {
	if needed {
		return err
	}
	return nil
}

func (l *loader) moves() (out []*move) {
	for _, s := range l.steps {
		out = append(out, &move{transition: s.transition(), was: s.was})
	}
	return out
}

func (l *loader) single() bool {
	return !slices.ContainsFunc(l.moves(), func(m *move) bool {
		c, ok := m.transition.(*change)
		return ok && !c.single()
	})
}

// script is the change as one transaction, which nft can check before any is made.
func (l *loader) script() string {
	var b strings.Builder
	for _, s := range l.steps {
		b.WriteString(s.script())
	}
	return b.String()
}

// load loads. With an import the sets come first and are filled before any packet
// can see them.
func (l *loader) load() error {
	if l.importer != nil {
		if err := l.fillEarly(); err != nil {
			return err
		}
	}
	note, err := together(l.moves())
	l.warn(note)
	if err != nil {
		return err
	}
	if l.importer != nil {
		if err := errors.Join(l.importer.fill(false), l.importer.catchUp()); err != nil {
			return err
		}
	}
	l.keepText()
	return nil
}

// transact loads a script, after which all tables are there.
func (l *loader) transact(script string) error {
	was, stays := make([]*present, len(l.steps)), make([]bool, len(l.steps))
	for i, s := range l.steps {
		was[i], stays[i] = s.was, true
	}
	note, err := transact(was, stays, script)
	l.warn(note)
	return err
}

func (l *loader) warn(note string) {
	if note != "" {
		l.warnings = append(l.warnings, note)
	}
}

func (l *loader) fillEarly() error {
	var b strings.Builder
	for _, s := range l.steps {
		if !s.whole {
			b.WriteString(s.early())
		}
	}
	if err := l.transact(b.String()); err != nil {
		return err
	}
	if err := l.importer.fill(true); err != nil {
		return err
	}
	// The sets are there now, so the rules come to them.
	for i, s := range l.steps {
		p, err := look(s.to.Family, s.to.Name)
		if err != nil {
			return err
		}
		l.steps[i] = newStep(p, s.to)
	}
	return nil
}

// undo takes back what a failed load may have done, and tells if it could not.
func (l *loader) undo() string {
	if err := restore(l.out.before); err != nil {
		l.trial.stuck()
		return ". " + err.Error()
	}
	return "; all is as before"
}

// keepText keeps the scripts for status, which can do without.
func (l *loader) keepText() {
	for _, t := range l.Tables {
		if now, err := look(t.Family, t.Name); err == nil {
			writeState(t.Family, t.Name, stateText(now.handle, t))
		}
	}
}

func (l *loader) report() {
	r := &l.out.Report
	for i, s := range l.steps {
		r.Tables = append(r.Tables, s.to.Family+" "+s.to.Name)
		l.reportLists(r, s, l.was[i])
	}
	if l.importer != nil {
		r.Imported, r.Notes = l.importer.done, l.importer.notes()
	} else {
		r.Notes = unimported(l.Proc, l.Tables)
	}
	var families []string
	for _, t := range l.Tables {
		families = append(families, t.Family)
	}
	r.Notes = slices.Concat(l.warnings, r.Notes, beside(families), besidePrograms())
}

// reportLists tells which lists stayed. Their comments say the same then.
func (l *loader) reportLists(r *Report, s *step, before *present) {
	had := map[string]bool{}
	for _, x := range before.sets {
		had[x.role.List] = true
	}
	for _, list := range targets(s.to) {
		fresh, kept := false, false
		for _, x := range list.sets {
			same := slices.ContainsFunc(before.sets, func(b loadedSet) bool {
				return b.name == x.name && b.role.String() == x.role.String() && b.size == x.size
			})
			kept, fresh = kept || same && !s.whole, fresh || !same || s.whole
		}
		switch {
		case !had[list.label]:
		case fresh:
			r.Fresh = append(r.Fresh, list.Family+" "+list.Name)
		case kept:
			r.Kept = append(r.Kept, list.Family+" "+list.Name)
		}
	}
}

// targets are the lists of a table that is to be loaded.
func targets(t nft.Table) []*List {
	var sets []loadedSet
	for _, s := range t.Sets {
		l := loadedSet{setID: setID{familyNumber(t.Family), t.Name, s.Name}, size: s.Size}
		l.role, l.hasRole = nft.ParseRole(s.Comment)
		sets = append(sets, l)
	}
	return listsOf(t.Family, sets)
}
