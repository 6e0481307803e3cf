package compile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// TestOwners holds what users and groups may look like. iptables takes ":" for "-".
func TestOwners(t *testing.T) {
	numbers := func(low, high uint32) *compile.OwnerTest {
		return &compile.OwnerTest{SpanTest: compile.SpanTest{Span: compile.Span{Low: low, High: high}}}
	}
	for _, c := range []struct {
		options, bad string
		want         *compile.Owner
	}{
		{"--uid-owner 5", "", &compile.Owner{User: numbers(5, 5)}},
		{"--uid-owner 0x5-9", "", &compile.Owner{User: numbers(5, 9)}},
		{"--gid-owner 5:9", "", &compile.Owner{Group: numbers(5, 9)}},
		{"--uid-owner root --gid-owner root", "", &compile.Owner{User: numbers(0, 0), Group: numbers(0, 0)}},
		{"! --uid-owner debian-tor", "2:34 RC1117", &compile.Owner{User: &compile.OwnerTest{Name: "debian-tor", SpanTest: compile.SpanTest{Not: true}}}},
		{"--uid-owner 9-5", "2:32 RC1107", nil},
		{"--uid-owner 5-", "2:32 RC1107", nil},
		{"--uid-owner 5x", "2:32 RC1107", nil},
		{"--uid-owner host$", "2:32 RC1107", nil},
		{"--gid-owner -1", "2:32 RC1107", nil},
	} {
		programs, diags := compileText("*filter\n-A OUTPUT -m owner "+c.options+"\nCOMMIT\n", compile.Options{Family: ast.IPv4})
		if got := codes(diags); got != c.bad {
			t.Errorf("%s: %q, want %q", c.options, got, c.bad)
		}
		if c.want == nil || programs == nil {
			continue
		}
		if d := cmp.Diff(c.want, programs[0].Chains[0].Rules[0].Steps[0]); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.options, d)
		}
	}
}
