package loader

import (
	"errors"
	"fmt"
	"os"
	"time"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
)

// checkClock tells whether the rate of the clock can be had that the object asks for.
func checkClock(out *Image) error {
	if out.HZ > 0 || configured() {
		return nil
	}
	hz, err := ClockRate()
	if err != nil {
		return err
	}
	return fmt.Errorf("the kernel's configuration cannot be read, for neither %s nor /proc/config.gz is there: translate with --hz %d", bootConfig(), hz)
}

func bootConfig() string { return "/boot/config-" + release() }

// configured tells whether an object can take the clock's rate from the kernel's
// configuration.
func configured() bool { return exists(bootConfig()) || exists("/proc/config.gz") }

// RateFor is the rate that an object for this machine has to be made for: 0 where it can
// take it from the kernel's configuration, and otherwise what [ClockRate] measures.
func RateFor() (uint32, error) {
	if configured() {
		return 0, nil
	}
	return ClockRate()
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// Now is the kernel's count of jiffies, all of its 64 bits.
func Now() (uint64, error) {
	for {
		var parts [3]uint32
		for i, shift := range []int32{32, 0, 32} {
			var err error
			if parts[i], err = jiffies(shift); err != nil {
				return 0, err
			}
		}
		if parts[0] == parts[2] { // else the lower half began again in between
			return uint64(parts[0])<<32 | uint64(parts[1]), nil
		}
	}
}

// jiffies are 32 bits of the kernel's clock, the lowest shifted out.
func jiffies(shift int32) (uint32, error) {
	prog, err := cilium.NewProgram(&cilium.ProgramSpec{
		Type: cilium.SocketFilter, License: "GPL",
		Instructions: asm.Instructions{asm.FnJiffies64.Call(), asm.RSh.Imm(asm.R0, shift), asm.Return()},
	})
	if err != nil {
		return 0, refused("the clock's program", err)
	}
	defer prog.Close()
	n, _, err := ticks(prog)
	return n, err
}

// rates are the rates that a kernel's clock can have (kernel/Kconfig.hz).
var rates = []uint32{100, 250, 300, 1000}

// measuring is how long ClockRate looks at the clock.
const measuring = 200 * time.Millisecond

// ClockRate measures the rate of the running kernel's clock, in ticks a second:
// what an object must be made for where the kernel's configuration cannot be read.
// It takes a fifth of a second.
func ClockRate() (uint32, error) {
	prog, err := cilium.NewProgram(&cilium.ProgramSpec{
		Type: cilium.SocketFilter, License: "GPL",
		Instructions: asm.Instructions{asm.FnJiffies64.Call(), asm.Return()},
	})
	if err != nil {
		return 0, refused("the clock's program", err)
	}
	defer prog.Close()
	first, start, err := ticks(prog)
	if err != nil {
		return 0, err
	}
	time.Sleep(measuring)
	last, end, err := ticks(prog)
	if err != nil {
		return 0, err
	}
	return nearestRate(last-first, end.Sub(start))
}

// ticks is the clock's lower half, and when it was read.
func ticks(prog *cilium.Program) (uint32, time.Time, error) {
	n, err := prog.Run(&cilium.RunOptions{Data: make([]byte, 64)})
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("read the clock: %w", err)
	}
	return n, time.Now(), nil
}

// nearestRate finds the rate that gives so many ticks in a time, two more or less.
func nearestRate(ticks uint32, in time.Duration) (uint32, error) {
	for _, hz := range rates {
		expected := float64(hz) * in.Seconds()
		if d := float64(ticks) - expected; d >= -2 && d <= 2 {
			return hz, nil
		}
	}
	return 0, errors.New("the kernel's clock has none of the rates that are known")
}
