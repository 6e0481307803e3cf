package lab

import (
	"errors"
	"fmt"
	"net/netip"
)

// A station is one candidate set up: its namespace, the way in and the observer behind its rules.
type station struct {
	name     string
	ns       *Namespace
	sender   sender
	observer *observer
	owned    map[netip.Addr]bool // destinations made local
}

// newStation sets a candidate up. index makes its wires unique in the outside.
func newStation(cfg Config, c Candidate, outside *Namespace, index int) (*station, error) {
	ns, err := NewNamespace()
	if err != nil {
		return nil, err
	}
	s := &station{name: c.Name, ns: ns, owned: map[netip.Addr]bool{}}
	if err := s.setUp(cfg, c, outside, index); err != nil {
		return nil, errors.Join(fmt.Errorf("candidate %q: %w", c.Name, err), s.close())
	}
	return s, nil
}

func (s *station) setUp(cfg Config, c Candidate, outside *Namespace, index int) error {
	wires := cfg.wires(index)
	if err := s.connect(cfg, wires, outside); err != nil {
		return err
	}
	if c.Load != nil {
		if err := c.Load(s.ns); err != nil {
			return err
		}
	}
	if err := s.openSender(cfg, wires, outside); err != nil {
		return err
	}
	var err error
	s.observer, err = observe(s.ns, cfg.Hook)
	return err
}

// connect lays the wires and gives the candidate its addresses.
func (s *station) connect(cfg Config, wires []wire, outside *Namespace) error {
	if err := s.ns.Do(func() error { return turn(candidateKnobs) }); err != nil {
		return err
	}
	for _, w := range wires {
		err := errors.Join(outside.Do(func() error { return w.lay(s.ns) }), s.ns.Do(w.plugIn))
		if err != nil {
			return err
		}
	}
	return s.ns.Do(func() error {
		if cfg.Hook == Forward {
			return errors.Join(turn(routerKnobs), address(cfg.In[0], cfg.outgoing()))
		}
		return address(cfg.In[0], cfg.outgoing())
	})
}

func (s *station) openSender(cfg Config, wires []wire, outside *Namespace) error {
	if cfg.Hook == Output {
		return s.ns.Do(func() (err error) {
			s.sender, err = newRawSender()
			return err
		})
	}
	return outside.Do(func() (err error) {
		s.sender, err = newFrameSender(wires)
		return err
	})
}

// own makes the destinations of the shots local that are not yet.
func (s *station) own(shots []shot) error {
	return s.ns.Do(func() error {
		for _, p := range shots {
			if s.owned[p.dst] {
				continue
			}
			if err := own(p.dst); err != nil {
				return fmt.Errorf("destination %v: %w", p.dst, err)
			}
			s.owned[p.dst] = true
		}
		return nil
	})
}

func (s *station) close() error {
	var errs []error
	if s.sender != nil {
		errs = append(errs, s.sender.close())
	}
	if s.observer != nil {
		errs = append(errs, s.observer.close())
	}
	return errors.Join(append(errs, s.ns.Close())...)
}
