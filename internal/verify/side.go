package verify

import (
	"fmt"

	"github.com/recentc/recentc/internal/lab"
)

// Against names what a translation is held against.
type Against string

// The choices. Auto is the kernel where it can, and the model elsewhere.
const (
	Auto   Against = "auto"
	Kernel Against = "kernel"
	Model  Against = "model"
)

// Resolve turns Auto into what this machine can do, with the reason where that is not the kernel. The
// error tells why the machine cannot do what was asked.
func (a Against) Resolve() (_ Against, why string, err error) {
	return a.resolve(lab.CanSend, lab.Usable)
}

func (a Against) resolve(canSend, hasOriginal func() error) (_ Against, why string, err error) {
	if err := canSend(); err != nil {
		return a, "", err
	}
	switch a {
	case Model:
		return Model, "as was asked", nil
	case Kernel:
		return Kernel, "", hasOriginal()
	case Auto, "":
		if err := hasOriginal(); err != nil {
			return Model, err.Error(), nil
		}
		return Kernel, "", nil
	}
	return a, "", fmt.Errorf("there is no %q to compare with", string(a))
}

// A side is the original's side of a comparison.
type side interface {
	// try loads the original once. again tells that rules had to be left out, and that the files must be
	// prepared anew without them.
	try() (again bool, err error)
	// candidates are what a lab needs for it.
	candidates() []lab.Candidate
	// finish adds to the result what only this side knows, and tells what its rules counted.
	finish(r *run, trace lab.Trace, l *lab.Lab, result *lab.Result) (counters, error)
}

func (b *bench) newSide() side {
	if b.Against == Model {
		return &modelSide{b}
	}
	return &kernelSide{bench: b}
}
