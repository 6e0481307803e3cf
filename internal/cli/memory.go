package cli

import (
	"math"
	"runtime/debug"

	"github.com/recentc/recentc/ast"
)

// garbagePercent is how much memory a command may take for garbage, relative to what
// it uses: it reads, works and ends, and takes a fifth longer with Go's 100.
const garbagePercent = 400

// A translation collects garbage only where it would take more than memoryFloor, or
// memoryPerByte for each byte of the input: 100 000 rules take 300 MB either way, and
// a tenth less time without a collection; a million, of 83 MB, use 650 MB.
const (
	memoryFloor   = 600 << 20
	memoryPerByte = 12
)

// memory is the bound of a translation's memory. Its zero value bounds nothing.
type memory struct{ bounded bool }

// boundMemory sets the bound for small inputs, until undo is called. GOMEMLIMIT in the
// environment goes before.
func boundMemory() (m memory, undo func()) {
	limit := debug.SetMemoryLimit(-1)
	if limit != math.MaxInt64 {
		return memory{}, func() {}
	}
	debug.SetMemoryLimit(memoryFloor)
	percent := debug.SetGCPercent(-1)
	return memory{true}, func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// expect sets the bound for an input.
func (m memory) expect(files []*ast.File) {
	size := 0
	for _, f := range files {
		size += len(f.Text)
	}
	if m.bounded {
		debug.SetMemoryLimit(int64(max(memoryFloor, memoryPerByte*size)))
	}
}
