package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrLate is the error of RunOnTime when the machine was too busy at every try.
var ErrLate = errors.New("lab: every try was late")

// runLead is the time between the start of a run and its first tick.
const runLead = 5 * time.Millisecond

// Run sends the trace to the candidates as they are and reports what each accepted. It takes Grid
// for each tick. A run that was late is no error: see Result.Late. Errors are a packet that cannot be
// sent or that does not arrive even without rules, a gap in the observation, and the end of ctx;
// after one, Reload before the next run.
func (l *Lab) Run(ctx context.Context, trace Trace) (Result, error) {
	return l.run(ctx, trace, false)
}

// RunOnTime runs the trace until a run is on time, at most so many tries, and reloads the lab before
// every try but the first. The error wraps ErrLate if none was on time; the last result is
// returned with it. Other errors are those of Run and Reload.
func (l *Lab) RunOnTime(ctx context.Context, tries int, trace Trace) (Result, error) {
	for try := 1; ; try++ {
		last := try >= tries
		r, err := l.run(ctx, trace, !last)
		if err != nil || !r.Late() {
			return r, err
		}
		if last {
			return r, fmt.Errorf("%w: %d tries, the last by %v", ErrLate, try, r.Worst.Round(time.Millisecond))
		}
		if err := l.Reload(); err != nil {
			return Result{}, err
		}
	}
}

// RunSame is RunOnTime for a comparison that expects no difference. A late run counts as well if same
// says that it shows none: its packets are as old for one candidate as for the other. Only a late run
// with a difference, which may be one of the moment, is repeated.
func (l *Lab) RunSame(ctx context.Context, tries int, trace Trace, same func(Result) bool) (Result, error) {
	for try := 1; ; try++ {
		r, err := l.run(ctx, trace, false)
		switch {
		case err != nil || !r.Late() || same(r):
			return r, err
		case try >= tries:
			return r, fmt.Errorf("%w: %d tries, the last by %v", ErrLate, try, r.Worst.Round(time.Millisecond))
		}
		if err := l.Reload(); err != nil {
			return Result{}, err
		}
	}
}

// run sends the trace; hasty, it returns as soon as it is late, with what it has.
func (l *Lab) run(ctx context.Context, trace Trace, hasty bool) (Result, error) {
	r := newResult(l.cfg, trace)
	s, err := l.load(r.Packets)
	if err != nil {
		return Result{}, err
	}
	start := time.Now().Add(runLead)
	for t := range trace {
		due := start.Add(time.Duration(t) * Grid)
		if err := s.tick(ctx, due, t, r); err != nil {
			return Result{}, fmt.Errorf("lab: tick %d: %w", t, err)
		}
		r.Worst = max(r.Worst, time.Since(due))
		if hasty && r.Late() {
			return r, nil
		}
	}
	return r.finish()
}

// A salvo is a trace ready to be sent.
type salvo struct {
	lab   *Lab
	shots []shot
	first uint32 // sequence number of shots[0]
}

// load makes a salvo of the packets, which have their defaults, and sees to their destinations.
func (l *Lab) load(packets []Packet) (*salvo, error) {
	if l.outside == nil {
		return nil, errClosed
	}
	s := &salvo{lab: l, first: l.seq}
	for i, p := range packets {
		if err := l.cfg.accepts(p); err != nil {
			return nil, fmt.Errorf("lab: packet %d: %w", i, err)
		}
		s.shots = append(s.shots, shot{bytes: p.encode(l.seq), dst: p.Dst, in: orDefault(p.In, l.cfg.In[0])})
		l.seq++
	}
	return s, l.receiveAt(s.shots)
}

// receiveAt makes the destinations local where they have to be.
func (l *Lab) receiveAt(shots []shot) error {
	if l.cfg.Hook != Input {
		return nil
	}
	for _, st := range l.stations {
		if err := st.own(shots); err != nil {
			return fmt.Errorf("lab: %w", err)
		}
	}
	return nil
}

// tick waits until it is due, sends its shots and a fence to every station and marks in r what came
// through. All is sent by one thread on one CPU: each CPU has a queue of its own, and only within one
// of them do packets keep their order and the fence stay behind them.
func (s *salvo) tick(ctx context.Context, due time.Time, number int, r Result) error {
	if err := sleepUntil(ctx, due); err != nil {
		return err
	}
	unpin, err := pinToCPU()
	if err != nil {
		return err
	}
	from, to := r.tickRange(number)
	fence, err := s.fire(from, to)
	if err = errors.Join(err, unpin()); err != nil {
		return err
	}
	for _, st := range s.lab.stations {
		if err := s.collect(st, fence, r.Accepted[st.name], r.Marks[st.name]); err != nil {
			return fmt.Errorf("%s: %w", st.name, err)
		}
	}
	return nil
}

// collect marks the shots that came through at st. What an earlier run left in the log is ignored.
func (s *salvo) collect(st *station, fence uint32, accepted []bool, marks []uint32) error {
	return st.observer.until(fence, func(seq, mark uint32) {
		if index := seq - s.first; index < uint32(len(accepted)) {
			accepted[index], marks[index] = true, mark
		}
	})
}

// fire sends shots and the fence, whose sequence number it returns.
func (s *salvo) fire(from, to int) (fence uint32, err error) {
	for _, p := range s.shots[from:to] {
		if err := s.lab.broadcast(p); err != nil {
			return 0, err
		}
	}
	fence = s.lab.seq
	s.lab.seq++
	return fence, s.lab.broadcast(s.lab.cfg.fence(fence))
}

// broadcast sends a packet to every station.
func (l *Lab) broadcast(p shot) error {
	for _, st := range l.stations {
		if err := st.sender.send(p); err != nil {
			return fmt.Errorf("%s: send to %v: %w", st.name, p.dst, err)
		}
	}
	return nil
}

// fence is the packet that the observer logs and drops before any rule.
func (c Config) fence(seq uint32) shot {
	p := Packet{Proto: fenceProtocol, In: c.In[0]}.withDefaults(c.Hook)
	return shot{bytes: p.encode(seq), dst: p.Dst, in: p.In}
}

// accepts refuses a packet that the lab cannot send.
func (c Config) accepts(p Packet) error {
	if err := p.check(); err != nil {
		return err
	}
	if p.In == "" || slices.Contains(c.In, p.In) {
		return nil
	}
	return fmt.Errorf("%v: no such interface in the lab", p)
}

func sleepUntil(ctx context.Context, due time.Time) error {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
