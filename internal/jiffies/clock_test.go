package jiffies

import (
	"errors"
	"testing"
	"time"
)

func TestAge(t *testing.T) {
	at := time.Now()
	for _, c := range []struct {
		clock Clock
		stamp uint64
		later time.Duration
		want  time.Duration
	}{
		{Clock{1000, at, 250}, 750, 0, time.Second},
		{Clock{1000, at, 250}, 750, 3 * time.Second, 4 * time.Second},
		{Clock{1000, at, 1000}, 1010, time.Second, 990 * time.Millisecond},
		{Clock{100, at, 100}, 1<<32 - 100, 0, 2 * time.Second}, // a 32-bit counter began again
		{Clock{1<<32 + 50, at, 100}, 1<<32 - 50, 0, time.Second},
	} {
		if got := c.clock.Age(c.stamp, at.Add(c.later)); got != c.want {
			t.Errorf("%+v, stamp %d: %v, want %v", c.clock, c.stamp, got, c.want)
		}
	}
}

// TestRate holds that a rate is only told if it is the only one that fits.
func TestRate(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		ticks               uint64
		first, wait, second time.Duration // how long the readings took, and what is between them
		want                int
	}{
		{10, 0, 100 * ms, 0, 100},
		{25, 0, 100 * ms, 0, 250},
		{31, 0, 100 * ms, 0, 300},
		{99, ms, 100 * ms, ms, 1000},
		{25, 20 * ms, 100 * ms, 5 * ms, 250},
		{30, 0, 100 * ms, 20 * ms, 0}, // 250 or 300
		{250, 0, 800 * ms, 200 * ms, 0},
		{200, 0, 100 * ms, 0, 0},
		{1<<64 - 1<<32 + 25, 0, 100 * ms, 0, 0}, // a counter of 32 bits that began again
	} {
		start := time.Now()
		first := reading{1000, start, start.Add(c.first)}
		second := reading{1000 + c.ticks, first.after.Add(c.wait), first.after.Add(c.wait + c.second)}
		if got := rateBetween(first, second); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

func TestUnreadable(t *testing.T) {
	none := errors.New("none")
	if c, err := Measure(func() (uint64, error) { return 0, none }); !errors.Is(err, none) {
		t.Error(c, err)
	}
}

// TestMeasure measures a clock that is made of our own, the second reading of which is slow.
func TestMeasure(t *testing.T) {
	start, n := time.Now(), 0
	c, err := Measure(func() (uint64, error) {
		if n++; n == 2 {
			time.Sleep(200 * time.Millisecond) // too slow to tell anything
		}
		return uint64(time.Since(start) * 250 / time.Second), nil
	})
	if err != nil || c.HZ != 250 || n < 4 {
		t.Errorf("%+v, %v after %d readings", c, err, n)
	}
}
