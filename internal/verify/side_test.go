package verify

import (
	"errors"
	"testing"
)

// TestAgainstResolve holds that the model stands in only where the kernel cannot be had, with the reason.
func TestAgainstResolve(t *testing.T) {
	yes := func() error { return nil }
	no := func() error { return errors.New("xt_recent: no such match") }
	for _, c := range []struct {
		asked                Against
		canSend, hasOriginal func() error
		want                 Against
		why                  bool
		err                  bool
	}{
		{Auto, yes, yes, Kernel, false, false},
		{"", yes, yes, Kernel, false, false},
		{Auto, yes, no, Model, true, false},
		{Auto, no, no, Auto, false, true},
		{Kernel, yes, no, Kernel, false, true},
		{Model, yes, yes, Model, true, false},
		{Model, no, yes, Model, false, true},
		{"else", yes, yes, "else", false, true},
	} {
		got, why, err := c.asked.resolve(c.canSend, c.hasOriginal)
		if got != c.want || (why != "") != c.why || (err != nil) != c.err {
			t.Errorf("%q: got %q, %q, %v", c.asked, got, why, err)
		}
	}
}
