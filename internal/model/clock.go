package model

import "time"

// A tick is a time as the machine's clock counts it: a jiffy of the kernel, or a nanosecond of an
// ideal clock.
type tick int64

// A clock turns times into ticks.
type clock struct {
	// rate is how many ticks a second has.
	rate uint64
	// ideal tells that nothing is 32 bits wide.
	ideal bool
}

func newClock(o Options) clock {
	if o.Ideal {
		return clock{rate: uint64(time.Second), ideal: true}
	}
	return clock{rate: uint64(orDefault(o.HZ, defaultHZ))}
}

// at gives the last tick that has begun. Whole seconds and the rest are apart because their product
// with the rate would not fit.
func (c clock) at(t time.Duration) tick {
	whole, rest := uint64(t/time.Second), uint64(t%time.Second)
	return tick(whole*c.rate + rest*c.rate/uint64(time.Second))
}

// time is the moment at which a tick begins, rounded up to a nanosecond so that at gives it back.
func (c clock) time(t tick) time.Duration {
	whole, rest := uint64(t)/c.rate, uint64(t)%c.rate
	return time.Duration(whole)*time.Second + time.Duration((rest*uint64(time.Second)+c.rate-1)/c.rate)
}

// window gives the length of a window in ticks. The kernel multiplies in 32 bits (recent_mt), so a
// long window wraps to a short one.
func (c clock) window(seconds uint32) tick {
	if c.ideal {
		return tick(uint64(seconds) * c.rate)
	}
	return tick(seconds * uint32(c.rate))
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
