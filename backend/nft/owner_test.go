package nft_test

import (
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// ownerForms are tests of a socket's owner and the rules that they become.
var ownerForms = []struct{ options, want string }{
	{"--uid-owner 5-9", "meta skuid 5-9 counter"},
	{"--uid-owner nobody --gid-owner 7", `meta skuid "nobody" meta skgid 7 counter`},
	{"! --uid-owner nobody --gid-owner 7", `meta skuid != "nobody" meta skgid 7 counter`},
	{"! --uid-owner nobody", `jump OUTPUT_2 | meta skuid "nobody" return | counter`},
}

func ownerScript(t *testing.T, options string) string {
	return translate(t, ast.IPv4, "*filter\n-A OUTPUT -m owner "+options+"\nCOMMIT\n", nft.Options{}).Text
}

// TestOwnerForms holds the table above.
func TestOwnerForms(t *testing.T) {
	for _, c := range ownerForms {
		if got := strings.Join(rulesOf(ownerScript(t, c.options)), " | "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.options, got, c.want)
		}
	}
}

// TestOwnerFormsLoad holds that nft looks the names up.
func TestOwnerFormsLoad(t *testing.T) {
	lab.Require(t)
	for _, c := range ownerForms {
		if err := lab.RoundTrip(ownerScript(t, c.options)); err != nil {
			t.Errorf("%s: %v", c.options, err)
		}
	}
}
