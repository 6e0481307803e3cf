package cli

import (
	"math"
	"runtime/debug"

	"github.com/recentc/recentc/ast"
)

// garbagePercent is how much memory a command may take for garbage, relative to what
// it uses, before it is collected: a command reads, translates and ends, and with
// Go's 100 it takes a fifth longer.
const garbagePercent = 400

// memoryFloor and memoryPerByte bound what a translation takes with its garbage: a
// million rules, of 80 MB, use 650 MB of it. Below the floor the garbage costs less
// than collecting it.
const (
	memoryFloor   = 900 << 20
	memoryPerByte = 12
)

// limitMemory bounds the memory of a translation until the function that it returns
// is called. GOMEMLIMIT in the environment goes before.
func limitMemory(files []*ast.File) (undo func()) {
	before := debug.SetMemoryLimit(-1)
	if before != math.MaxInt64 {
		return func() {}
	}
	size := int64(0)
	for _, f := range files {
		size += int64(len(f.Text))
	}
	debug.SetMemoryLimit(max(memoryFloor, memoryPerByte*size))
	return func() { debug.SetMemoryLimit(before) }
}
