package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A scenario is the traffic of one measurement.
type scenario struct {
	name    string
	sources int
	// batch packets go to one station, then to the next, in shuffled order; rounds
	// batches are measured, after warm that are not. All of that is done again,
	// with new stations, repeats times.
	batch, rounds, warm, repeats int
	// block is how many rounds make one value. What comes and goes, as a flood's
	// holds do, does so within a block.
	block int
	// rate is the packets a second that each station gets, 0 for as many as go.
	rate int
	// fewer leaves out what would keep the others from getting their rate.
	fewer bool
}

// measure sends the scenario's packets to all stations.
func (sc scenario) measure(stations []*station) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	unpin, err := pin()
	if err != nil {
		return err
	}
	defer unpin()
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	rng := rand.New(rand.NewPCG(42, 7))
	start := time.Now()
	for round := range sc.warm + sc.rounds {
		for _, i := range rng.Perm(len(stations)) {
			t, err := stations[i].batch(sc)
			if err != nil {
				return err
			}
			if round >= sc.warm {
				stations[i].nanoseconds = append(stations[i].nanoseconds, t)
			}
		}
		if sc.rate > 0 {
			time.Sleep(time.Until(start.Add(time.Duration(round+1) * time.Duration(sc.batch) * time.Second / time.Duration(sc.rate))))
		}
	}
	for _, s := range stations {
		s.seconds = time.Since(start).Seconds()
	}
	return nil
}

// batch sends a batch and returns the CPU time of a packet.
func (s *station) batch(sc scenario) (float64, error) {
	if len(s.frames) != sc.batch {
		s.frames = make([]frame, sc.batch)
	}
	f := newFrame()
	for i := range s.frames {
		f.from(source(int(s.sent+uint64(i)) % sc.sources))
		s.frames[i] = f
	}
	before := cpuTime()
	for i := range s.frames {
		// A raw call: nothing of Go's scheduler stands between two packets.
		n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(s.tap), uintptr(unsafe.Pointer(&s.frames[i])), uintptr(len(f)))
		if int(n) != len(f) {
			return 0, fmt.Errorf("%s: write to the device: %w", s.name, errno)
		}
	}
	after := cpuTime()
	s.sent += uint64(sc.batch)
	return float64(after-before) / float64(sc.batch), nil
}

// cpuTime is what the thread has used of its CPU, in nanoseconds.
func cpuTime() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err) // the clock is older than every kernel that runs this
	}
	return t.Nano()
}

// pin binds the thread to the last of its CPUs: the first has most interrupts.
func pin() (unpin func() error, err error) {
	var before, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return nil, err
	}
	for cpu := range len(before) * 64 {
		if before.IsSet(cpu) {
			one.Zero()
			one.Set(cpu)
		}
	}
	return func() error { return unix.SchedSetaffinity(0, &before) }, unix.SchedSetaffinity(0, &one)
}
