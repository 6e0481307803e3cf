package cli

import (
	"io"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/safefile"
	"github.com/recentc/recentc/ipset"
	"github.com/urfave/cli/v2"
)

func (c *Command) translateCommand() *cli.Command {
	return &cli.Command{
		Name:      "translate",
		Usage:     "turn iptables rules into nftables or eBPF",
		ArgsUsage: "FILE...",
		Description: "Reads iptables-save files, lists of iptables commands or shell scripts of them (- is\n" +
			"standard input) and prints an nftables script, or with -b ebpf writes a BPF object (-o;\n" +
			"without it, a listing is printed). A rule that cannot be expressed is an error and\n" +
			"nothing is written, unless --partial is given.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "backend", Aliases: []string{"b"}, Value: "nft", Usage: "`BACKEND` to translate for: nft or ebpf"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE` instead of standard output"},
			&cli.StringFlag{Name: "hitcount-mode", Value: "exact", Usage: "`MODE` of hitcounts: exact, or meter (short, approximate)"},
			&cli.BoolFlag{Name: "strict", Usage: "refuse recent matches that are only approximate"},
			&cli.BoolFlag{Name: "partial", Usage: "leave rules that cannot be expressed as comments; exit with 1"},
			&cli.BoolFlag{Name: "fragments", Usage: "keep port matches from later fragments where nothing tracks connections"},
			&cli.StringFlag{Name: "attach", Value: "netfilter", Usage: "`WHERE` BPF programs stand: netfilter, xdp, tc-ingress or tc-egress"},
			&cli.StringFlag{Name: "lru", Value: "exact", Usage: "`HOW` BPF lists forget: exact, or approx for hosts with many queues"},
			&cli.UintFlag{Name: "hz", Usage: "ticks a second of the kernel that runs the BPF programs (default: CONFIG_HZ of the kernel that loads them)"},
			&cli.StringFlag{Name: "table", Value: "recentc", Usage: "`NAME` of the nftables table"},
		}, inputFlags()...),
		Action: c.translate,
	}
}

func (c *Command) translate(ctx *cli.Context) error {
	t, err := c.translateInput(ctx)
	if err != nil {
		return err
	}
	output := t.shown
	if ctx.IsSet("output") {
		output = t.file
	}
	if err := c.write(ctx.String("output"), output); err != nil {
		return exitError{exitSystem, err.Error()}
	}
	if !ctx.Bool("json") {
		c.summary(&t.translation)
		c.unusedSets(t.programs, t.sets)
	}
	if t.partial && ctx.Bool("json") {
		return exitError{exitFindings, ""} // what is on standard error stays JSON
	}
	if t.partial {
		return exitError{exitFindings, "the translation is partial: the rules named above are left out"}
	}
	return nil
}

// translated is what came of the input.
type translated struct {
	translation
	programs []*compile.Program
	sets     ipset.Collection
	// partial tells that rules are left out, as asked for.
	partial bool
}

// translateInput reads and translates the input, and shows the messages. Its error is
// that nothing came of it.
func (c *Command) translateInput(ctx *cli.Context) (t translated, err error) {
	memory, undo := boundMemory()
	defer undo()
	translate, err := backendFor(ctx)
	if err != nil {
		return t, err
	}
	rules, err := compileOptions(ctx)
	if err != nil {
		return t, err
	}
	sets, diags, err := c.readSets(ctx)
	if err != nil {
		return t, err
	}
	files, l, err := c.readFiles(ctx, &rules, &sets)
	if err != nil {
		return t, err
	}
	t.sets = sets.byName
	diags = append(diags, l...)
	memory.expect(files)
	t.programs, l = compile.Compile(files, rules)
	diags = append(diags, ownTo(ctx.String("backend"), l)...)
	diags = append(diags, emptyInput(files, diags)...)
	release(files)
	t.translation, l = translate(t.programs)
	diags = append(diags, l...)
	diags = append(diags, approximations(t.matches, ctx.Bool("strict"))...)
	t.partial = ctx.Bool("partial") && forgive(diags)
	if err := c.show(ctx, diags); err != nil {
		return t, err
	}
	if diags.HasErrors() {
		return t, refused(diags)
	}
	return t, nil
}

// refused is the end of a command whose messages, which are shown, have an error.
func refused(l diag.List) error {
	if l.Internal() {
		return exitError{exitSystem, ""}
	}
	return exitError{exitUsage, ""}
}

// forgive turns errors that concern one rule each into warnings, for --partial.
// It tells whether there were any.
func forgive(l diag.List) (any bool) {
	for i := range l {
		if l[i].Severity == diag.Error && l[i].Rule {
			l[i].Severity = diag.Warning
			any = true
		}
	}
	return any
}

// write puts the output where it belongs: a file appears whole or not at all.
func (c *Command) write(name string, output func(io.Writer) error) error {
	if name == "" || name == "-" {
		return output(c.Stdout)
	}
	return safefile.Write(name, output)
}
