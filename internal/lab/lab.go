package lab

import (
	"errors"
	"fmt"
	"slices"
)

// A Config says what to compare and where.
type Config struct {
	// Hook is where the packets are decided; the zero value is Input.
	Hook Hook

	// Candidates are compared with each other; at least one.
	Candidates []Candidate

	// In names the interfaces of the candidate on which packets can arrive; the first has the
	// candidate's addresses. Empty: v0.
	In []string

	// Out names the interface that packets leave by, for Forward and Output. Empty: v1.
	Out string
}

// A Lab is a set of candidates in namespaces of their own, ready to be sent packets. It is not safe
// for concurrent use; several labs are.
type Lab struct {
	cfg      Config
	outside  *Namespace
	stations []*station // the candidates in order, and the control
	seq      uint32     // of the next packet or fence
}

// control has no rules and shows that a packet arrives at all.
const control = "no rules"

var errClosed = errors.New("lab: closed")

// New sets the candidates up. An error of a candidate's Load names the candidate and carries the
// tool's message as a *[ToolError]. New needs root, nft, and whatever the candidates need; it takes
// some tens of milliseconds for each candidate.
func New(cfg Config) (*Lab, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	l := &Lab{cfg: cfg}
	if err := l.setUp(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Reload throws all namespaces away and sets the candidates up again: no list, set or connection
// survives. After an error the lab is closed.
func (l *Lab) Reload() error {
	err := l.Close()
	if err == nil {
		err = l.setUp()
	}
	if err != nil {
		return errors.Join(err, l.Close())
	}
	return nil
}

// Close removes the namespaces with everything in them. Calling it twice is harmless. The kernel
// frees the namespaces soon afterwards, in the background.
func (l *Lab) Close() error {
	var errs []error
	for _, s := range l.stations {
		errs = append(errs, s.close())
	}
	if l.outside != nil {
		errs = append(errs, l.outside.Close())
	}
	l.stations, l.outside = nil, nil
	return errors.Join(errs...)
}

// Namespace is the namespace of a candidate, to look at its lists or to change them between runs;
// nil if there is no candidate of that name. It is gone after Close and Reload. The table inet
// recentc_lab in it is the lab's and must stay.
func (l *Lab) Namespace(candidate string) *Namespace {
	for _, s := range l.stations {
		if s.name == candidate {
			return s.ns
		}
	}
	return nil
}

func (l *Lab) setUp() (err error) {
	if l.outside, err = NewNamespace(); err != nil {
		return err
	}
	if err := l.outside.Do(func() error { return turn(outsideKnobs) }); err != nil {
		return err
	}
	for i, c := range append(slices.Clone(l.cfg.Candidates), Candidate{Name: control}) {
		s, err := newStation(l.cfg, c, l.outside, i)
		if err != nil {
			return err
		}
		l.stations = append(l.stations, s)
	}
	return nil
}

// WithDefaults names the interfaces that were left open.
func (c Config) WithDefaults() Config {
	if len(c.In) == 0 {
		c.In = []string{"v0"}
	}
	c.Out = orDefault(c.Out, "v1")
	return c
}

func (c Config) check() error {
	if c.Hook < Input || c.Hook > Output {
		return fmt.Errorf("lab: unknown hook %d", int(c.Hook))
	}
	if len(c.Candidates) == 0 {
		return errors.New("lab: no candidates")
	}
	names := map[string]bool{"": true, control: true}
	for _, cand := range c.Candidates {
		if names[cand.Name] {
			return fmt.Errorf("lab: candidate name %q is empty, reserved or used twice", cand.Name)
		}
		names[cand.Name] = true
	}
	return nil
}

// wires are the links that candidate number index needs.
func (c Config) wires(index int) []wire {
	insides := c.In
	if c.outgoing() == c.Out {
		insides = append(slices.Clone(insides), c.Out)
	}
	var wires []wire
	for i, inside := range insides {
		wires = append(wires, wire{outside: fmt.Sprintf("c%dw%d", index, i), inside: inside})
	}
	return wires
}

// outgoing is the interface behind which everything unknown lies.
func (c Config) outgoing() string {
	if c.Hook == Input {
		return c.In[0]
	}
	return c.Out
}
