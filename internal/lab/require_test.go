package lab

import (
	"errors"
	"fmt"
	"testing"
)

// said records what Require told a test.
type said struct{ skipped, failed string }

func (s *said) Helper()                           {}
func (s *said) Skipf(format string, args ...any)  { s.skipped = fmt.Sprintf(format, args...) }
func (s *said) Fatalf(format string, args ...any) { s.failed = fmt.Sprintf(format, args...) }

func TestRequire(t *testing.T) {
	why := errors.New("no kernel")
	cases := []struct {
		env  string
		err  error
		want said
	}{
		{"", nil, said{}},
		{"require", nil, said{}},
		{"", why, said{skipped: "no packet lab here: no kernel"}},
		{"require", why, said{failed: "RECENTC_KERNEL=require, but no packet lab here: no kernel"}},
	}
	for _, c := range cases {
		t.Setenv(KernelEnv, c.env)
		var got said
		require(&got, c.err)
		if got != c.want {
			t.Errorf("%q, %v: %+v, want %+v", c.env, c.err, got, c.want)
		}
	}
}

func TestUsableNamesTheMissingTool(t *testing.T) {
	if err := Usable(); err != nil {
		t.Skip(err)
	}
	t.Setenv("PATH", "")
	if err := probe(); err == nil || err.Error() != `exec: "nft": executable file not found in $PATH` {
		t.Errorf("error %v", err)
	}
}

func TestListingsDiffer(t *testing.T) {
	same := sameListing("a\nx timeout 1h expires 59m59s990ms\n", "a\nx timeout 1h expires 3s\n")
	if same != nil {
		t.Error(same)
	}
	err := sameListing("a\nb\n", "a\nc\n")
	if err == nil || err.Error() != "listings differ in line 2:\n- b\n+ c" {
		t.Errorf("error %v", err)
	}
}
