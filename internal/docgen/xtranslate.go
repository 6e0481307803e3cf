package docgen

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/xtranslate"
)

const xtranslateIntro = `iptables-translate and iptables-restore-translate come with iptables and print nftables rules. They are quick and right
for most rules. Two things are to be known before their output guards a machine:

- Every rule with -m recent becomes a comment, and the exit code is 0. The output loads, without the protection.
- What becomes of the other rules below loads as well, and treats some packets otherwise than the old rule did. recentc
  translates them so that packets are treated as before, or refuses them with the reason.

A test shows each line in the kernel: it loads the rule with iptables-legacy-restore, what iptables-translate prints with nft,
and what recentc prints beside them, sends the packet to all three, and fails unless recentc's does what the rule did and
the other does not. To see it yourself, as root:

    go test ./internal/xtranslate -v

What is printed is from version ` + xtranslate.Version + `. That version makes comments of the rules marked *; the form shown is that of later ones.
In the table, "the translation" is that of iptables-translate.
`

// xtranslatePage is the page of the rules that iptables-translate gets wrong.
func xtranslatePage() string {
	cases := xtranslate.Cases()
	var b strings.Builder
	b.WriteString("# Where iptables-translate goes wrong\n\n" + made + xtranslateIntro + "\n| rule | packet that shows it |\n|---|---|\n")
	for _, c := range cases {
		fmt.Fprintf(&b, "| %s%s | %s |\n", c.Option, star(&c), c.Shows)
	}
	for i, c := range cases {
		if c.Theirs() == "" {
			continue // a comment
		}
		if i == 0 || c.Why != cases[i-1].Why {
			xtranslateSection(&b, &c)
		}
	}
	b.WriteString(refused(cases))
	return b.String()
}

func star(c *xtranslate.Case) string {
	if c.Newer != "" {
		return " *"
	}
	return ""
}

func xtranslateSection(b *strings.Builder, c *xtranslate.Case) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n```\n%s %s\n", c.Option, c.Why, c.Tool(), c.Rule)
	fmt.Fprintf(b, "\n# iptables-translate\n%s\n\n# recentc\n%s```\n", c.Theirs(), chainsOf(c))
}

// chainsOf is what recentc prints for a rule, less what stands around it.
func chainsOf(c *xtranslate.Case) string {
	f, _ := grammar.ParseFile("rules", c.RuleAlone())
	programs, refused := compile.Compile([]*ast.File{f}, compile.Options{Family: c.Family})
	out, more := nft.Translate(programs, nft.Options{})
	for _, d := range append(refused, more...) {
		if d.Severity == diag.Error {
			return fmt.Sprintf("error[%s]: %s\n", d.Code, d.Summary)
		}
	}
	return strings.Join(shown(out.Text), "")
}

// shown are the lines of the sets and chains in a script.
func shown(script string) (lines []string) {
	for line := range strings.Lines(script) {
		line, in := strings.CutPrefix(line, "\t")
		text := strings.TrimSpace(line)
		if in && text != "" && text[0] != '#' && !strings.HasPrefix(text, "comment ") {
			lines = append(lines, line)
		}
	}
	return lines
}

// refused is the section of rules that cannot have been in any kernel.
func refused(cases []xtranslate.Case) string {
	var b strings.Builder
	b.WriteString("\n## Rules that the kernel refuses\n\n")
	b.WriteString("iptables-translate translates these as well, and they are among the examples of iptables itself. No kernel takes them:\n" +
		"iptables says \"Invalid argument\", and the reason is in the kernel's log. recentc warns, and translates them as if they\n" +
		"stood where the kernel takes them.\n\n| rule | kernel's log |\n|---|---|\n")
	for _, c := range cases {
		if c.Refused != "" {
			fmt.Fprintf(&b, "| `%s %s` | %s |\n", c.Tool(), c.Refused, c.KernelLog)
		}
	}
	return b.String()
}
