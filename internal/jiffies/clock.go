// Package jiffies measures the clock by whose ticks the kernel counts time, and with it
// xt_recent. It knows nothing of where the counter is read.
package jiffies

import (
	"fmt"
	"math"
	"time"
)

// Clock is a reading of the kernel's counter.
type Clock struct {
	// Jiffies is what the counter stood at.
	Jiffies uint64
	// At is when.
	At time.Time
	// HZ is how many jiffies there are in a second, as measured: user space is not
	// told (USER_HZ, sysconf(_SC_CLK_TCK), is always 100).
	HZ int
}

// Age is how old a stamp is at the given time. A stamp that is younger than the
// reading, because a packet came in between, has an age below zero at that time.
func (c Clock) Age(stamp uint64, now time.Time) time.Duration {
	jiffies := int64(c.Jiffies - stamp)
	if jiffies < -math.MaxInt32 {
		jiffies += 1 << 32 // a 32-bit kernel's counter has begun again
	}
	age := time.Duration(math.MaxInt64) // older than any window
	if jiffies < int64(math.MaxInt64/time.Second)/2 {
		age = time.Duration(jiffies) * time.Second / time.Duration(c.HZ)
	}
	if d := now.Sub(c.At); age < math.MaxInt64-d {
		age += d
	}
	return age
}

// rates are the values of CONFIG_HZ (kernel/Kconfig.hz), but for those of machines that
// nobody filters packets with.
var rates = []int{100, 250, 300, 1000}

// tries bounds the measurements: the machine may stop between the counter and our clock.
const tries = 5

// Measure reads the counter twice, a tenth of a second apart, and finds the rate of the
// clock. Where the machine was too late to tell, it tries again and waits for longer each
// time, three seconds in all. It never takes one rate for another because a reading
// was slow.
func Measure(read func() (uint64, error)) (c Clock, err error) {
	for try := range tries {
		first, err := readAt(read)
		if err != nil {
			return c, err
		}
		time.Sleep(100 * time.Millisecond << try)
		second, err := readAt(read)
		if err != nil {
			return c, err
		}
		if hz := rateBetween(first, second); hz > 0 {
			return Clock{Jiffies: second.jiffies, At: second.middle(), HZ: hz}, nil
		}
	}
	return c, fmt.Errorf("the rate of the kernel's clock cannot be told: none of %v ticks a second, or this machine is too busy to measure it", rates)
}

// reading is what the counter stood at some time between before and after.
type reading struct {
	jiffies       uint64
	before, after time.Time
}

func readAt(read func() (uint64, error)) (reading, error) {
	before := time.Now()
	j, err := read()
	return reading{j, before, time.Now()}, err
}

func (r reading) middle() time.Time { return r.before.Add(r.after.Sub(r.before) / 2) }

// late is by how many ticks the counter may be off: it has just been, or is just about to be,
// counted up, and a processor that slept may be a tick behind.
const late = 2

// rateBetween is the one rate that the ticks between two readings can come from, 0 if
// there is none or more than one.
func rateBetween(first, second reading) (rate int) {
	ticks := float64(second.jiffies - first.jiffies)
	shortest, longest := second.before.Sub(first.after).Seconds(), second.after.Sub(first.before).Seconds()
	for _, hz := range rates {
		if ticks < float64(hz)*shortest-late || ticks > float64(hz)*longest+late {
			continue
		}
		if rate > 0 {
			return 0
		}
		rate = hz
	}
	return rate
}
