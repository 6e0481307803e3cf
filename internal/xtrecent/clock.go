package xtrecent

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/recentc/recentc/internal/jiffies"
)

// timerList shows the jiffies to root, in every kernel with /proc.
const timerList = "/proc/timer_list"

// ReadClock reads the kernel's clock and measures its rate, which takes a tenth of
// a second. It reads /proc/timer_list, and where there is none asks probe, which
// returns a stamp of now that xt_recent wrote elsewhere; a nil probe is not asked.
func ReadClock(probe func() (uint64, error)) (jiffies.Clock, error) {
	c, err := jiffies.Measure(jiffiesNow)
	if err != nil && probe != nil {
		var e error
		if c, e = jiffies.Measure(probe); e == nil {
			return c, nil
		}
		err = errors.Join(err, e)
	}
	return c, err
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
