package lab_test

import (
	"testing"

	"github.com/recentc/recentc/internal/lab"
)

// tries is how often a run may be late before a test gives up: other programs may use the machine.
const tries = 4

func newLab(t *testing.T, cfg lab.Config) *lab.Lab {
	t.Helper()
	l, err := lab.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// run sends traces short enough that one try after the other may be late.
func run(t *testing.T, l *lab.Lab, trace lab.Trace) lab.Result {
	t.Helper()
	r, err := l.RunOnTime(t.Context(), tries, trace)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d packets, worst %v", len(r.Packets), r.Worst)
	return r
}

func checkSame(t *testing.T, r lab.Result, a, b string) {
	t.Helper()
	if d := r.Diff(a, b); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v", len(d), len(r.Packets), d)
	}
}
