package loader

import (
	"fmt"
	"os"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/internal/jiffies"
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
		var parts [3]uint64
		for i, shift := range []int32{32, 0, 32} {
			prog, err := counter(shift)
			if err != nil {
				return 0, err
			}
			parts[i], err = count(prog)
			prog.Close()
			if err != nil {
				return 0, err
			}
		}
		if parts[0] == parts[2] { // else the lower half began again in between
			return parts[0]<<32 | parts[1], nil
		}
	}
}

// ClockRate measures the rate of the running kernel's clock, in ticks a second:
// what an object must be made for where the kernel's configuration cannot be read.
// It takes a tenth of a second.
func ClockRate() (uint32, error) {
	prog, err := counter(0)
	if err != nil {
		return 0, err
	}
	defer prog.Close()
	clock, err := jiffies.Measure(func() (uint64, error) { return count(prog) })
	return uint32(clock.HZ), err
}

// counter is a program that returns the jiffies, the lowest bits shifted out.
func counter(shift int32) (*cilium.Program, error) {
	prog, err := cilium.NewProgram(&cilium.ProgramSpec{
		Type: cilium.SocketFilter, License: "GPL",
		Instructions: asm.Instructions{asm.FnJiffies64.Call(), asm.RSh.Imm(asm.R0, shift), asm.Return()},
	})
	if err != nil {
		return nil, refused("the clock's program", err)
	}
	return prog, nil
}

// count runs a counter: it gives 32 bits.
func count(prog *cilium.Program) (uint64, error) {
	n, err := prog.Run(&cilium.RunOptions{Data: make([]byte, 64)})
	if err != nil {
		return 0, fmt.Errorf("read the clock: %w", err)
	}
	return uint64(n), nil
}
