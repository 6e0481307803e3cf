package lab

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pinToCPU binds the goroutine to its thread and the thread to the CPU that it is on. unpin undoes
// both.
func pinToCPU() (unpin func() error, err error) {
	runtime.LockOSThread()
	var before unix.CPUSet
	if err := errors.Join(unix.SchedGetaffinity(0, &before), setCPU()); err != nil {
		runtime.UnlockOSThread()
		return nil, fmt.Errorf("pin to a CPU: %w", err)
	}
	return func() error {
		err := unix.SchedSetaffinity(0, &before)
		runtime.UnlockOSThread()
		return err
	}, nil
}

func setCPU() error {
	var cpu uint32
	if _, _, errno := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0); errno != 0 {
		return errno
	}
	var only unix.CPUSet
	only.Set(int(cpu))
	return unix.SchedSetaffinity(0, &only)
}
