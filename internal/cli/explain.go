package cli

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/internal/diag"
	"github.com/urfave/cli/v2"
)

func (c *Command) explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "explain a message's code, such as RC1203",
		ArgsUsage: "CODE...",
		Action:    c.explain,
	}
}

func (c *Command) explain(ctx *cli.Context) error {
	if ctx.NArg() == 0 {
		return usage("explain needs a code, such as RC1203")
	}
	for i, code := range ctx.Args().Slice() {
		e, ok := diag.Lookup(code)
		if !ok {
			return usage("there is no code %s; docs/diagnostics.md lists them", code)
		}
		if i > 0 {
			fmt.Fprintln(c.Stdout)
		}
		c.printExplanation(e)
	}
	return nil
}

func (c *Command) printExplanation(e diag.Explanation) {
	fmt.Fprintf(c.Stdout, "%s: %s\n\n%s\n", e.Code, e.Title, wrap(e.Why, 78))
	c.example("Before", e.Before)
	c.example("After", e.After)
}

func (c *Command) example(title, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(c.Stdout, "\n%s:\n", title)
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		line = strings.NewReplacer("\r", "\\r", "\x00", "\\0").Replace(line)
		fmt.Fprintf(c.Stdout, "    %s\n", line)
	}
}

// wrap breaks a text between words so that no line is longer than width.
func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for _, w := range strings.Fields(text) {
		switch {
		case column == 0:
		case column+1+len(w) > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(w)
		column += len(w)
	}
	return b.String()
}
