// Package docgen makes the reference pages in docs/ from the code they describe,
// so that they cannot be out of date. Its test compares them; `go test
// ./internal/docgen -update` writes them anew.
package docgen

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// Pages returns the text of every generated page by its file name in docs/.
func Pages() map[string]string {
	return map[string]string{
		"diagnostics.md": diagnostics(),
		"coverage.md":    coverage(),
		"lint.md":        lintChecks(),

		"iptables-translate.md": xtranslatePage(),
	}
}

const made = "<!-- Made by internal/docgen from the code. Do not edit: go test ./internal/docgen -update -->\n\n"

// diagnostics is the page of all codes with their examples.
func diagnostics() string {
	var b strings.Builder
	b.WriteString("# Messages\n\n" + made)
	b.WriteString("Every message of recentc has a code that keeps its meaning. `recentc explain CODE` prints what stands here.\n")
	for _, e := range diag.Catalog() {
		fmt.Fprintf(&b, "\n## %s: %s\n\n%s\n", e.Code, e.Title, e.Why)
		example(&b, "Before", e.Before)
		example(&b, "After", e.After)
	}
	return b.String()
}

func example(b *strings.Builder, title, text string) {
	if text == "" {
		return
	}
	text = strings.NewReplacer("\r", `\r`, "\x00", `\0`).Replace(text)
	fmt.Fprintf(b, "\n%s:\n\n```\n%s\n```\n", title, strings.TrimSuffix(text, "\n"))
}

// coverage is the page of all matches and targets.
func coverage() string {
	var b strings.Builder
	b.WriteString("# What is translated\n\n" + made)
	b.WriteString("A rule with a match, target or option that is not translated is an error, never left out in silence.\n")
	for _, target := range []bool{false, true} {
		title := map[bool]string{false: "Matches", true: "Targets"}[target]
		fmt.Fprintf(&b, "\n## %s\n\n| name | family | nftables | eBPF |\n|---|---|---|---|\n", title)
		for _, e := range compile.Coverage(target) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", e.Name, e.Family, state(e.Reason), inEBPF(target, e))
		}
	}
	return b.String()
}

func state(reason string) string {
	if reason != "" {
		return "refused: " + reason
	}
	return "translated"
}

// inEBPF is what the eBPF backend does with a match or target; what recentc cannot
// even read is refused for the reason that stands beside it.
func inEBPF(target bool, e compile.Covered) string {
	if e.Reason != "" {
		return "refused"
	}
	return ebpf.Covers(target, e.Name)
}
