package xtrecent

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Clock is a reading of the kernel's jiffies, which stamps are written in.
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

// timerList shows the jiffies to root, in every kernel with /proc.
const timerList = "/proc/timer_list"

// ReadClock reads the kernel's clock and measures its rate, which takes a tenth of
// a second. It reads /proc/timer_list, and where there is none asks probe, which
// returns a stamp of now that xt_recent wrote elsewhere; a nil probe is not asked.
func ReadClock(probe func() (uint64, error)) (Clock, error) {
	c, err := measure(jiffiesNow)
	if err != nil && probe != nil {
		var e error
		if c, e = measure(probe); e == nil {
			return c, nil
		}
		err = errors.Join(err, e)
	}
	return c, err
}

// rates are the values of CONFIG_HZ, but for those of machines that nobody filters
// packets with.
var rates = []int{100, 250, 300, 1000}

// tries bounds the measurements: the machine may stop between the counter and our clock.
const tries = 5

func measure(read func() (uint64, error)) (c Clock, err error) {
	for try := range tries {
		first, t1, err := readAt(read)
		if err != nil {
			return c, err
		}
		time.Sleep(100 * time.Millisecond << try)
		second, t2, err := readAt(read)
		if err != nil {
			return c, err
		}
		rate := float64(second-first) / t2.Sub(t1).Seconds()
		if at := slices.IndexFunc(rates, func(hz int) bool { return math.Abs(rate-float64(hz)) < 0.07*float64(hz) }); at >= 0 {
			return Clock{Jiffies: second, At: t2, HZ: rates[at]}, nil
		}
		err = fmt.Errorf("the kernel's clock makes %.0f ticks a second, which no kernel is built for", rate)
		if try == tries-1 {
			return c, err
		}
	}
	return c, err
}

// readAt reads the counter and when that was: the middle of the reading.
func readAt(read func() (uint64, error)) (uint64, time.Time, error) {
	before := time.Now()
	j, err := read()
	return j, before.Add(time.Since(before) / 2), err
}

func jiffiesNow() (uint64, error) {
	f, err := os.Open(timerList)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return parseJiffies(f)
}

// parseJiffies finds the counter; there is a line of it for each CPU.
func parseJiffies(r io.Reader) (last uint64, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "jiffies: "); ok {
			if last, err = strconv.ParseUint(text, 10, 64); err != nil {
				return 0, err
			}
		}
	}
	if last == 0 {
		return 0, errors.Join(lines.Err(), fmt.Errorf("%s does not tell the jiffies", timerList))
	}
	return last, nil
}
