package cli

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/safefile"
	"github.com/recentc/recentc/internal/verify"
	"github.com/urfave/cli/v2"
)

func (c *Command) verifyCommand() *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "prove a translation on this machine",
		ArgsUsage: "FILE...",
		Description: "Loads the rules with iptables-legacy and their translation beside them in throwaway\n" +
			"network namespaces, sends the same packets to both and reports by rule what differs.\n" +
			"The machine's own firewall and network are not touched. Needs root.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "backend", Aliases: []string{"b"}, Value: "nft", Usage: "`BACKEND` to verify: nft, ebpf, or nft,ebpf for both"},
			&cli.StringFlag{Name: "candidate", Usage: "verify this nft script instead of the translation: `FILE`"},
			&cli.StringFlag{Name: "against", Value: "auto", Usage: "`WHAT` the rules themselves run on: kernel, model (recentc's own of xt_recent),\n\tor auto, which is the kernel where it has xt_recent"},
			&cli.IntFlag{Name: "seconds", Value: 20, Usage: "send packets for `N` seconds; windows up to half of it are seen to end"},
			&cli.Uint64Flag{Name: "seed", Usage: "send the packets of seed `N` again (default: a new one)"},
			&cli.StringFlag{Name: "hitcount-mode", Value: "exact", Usage: "`MODE` of hitcounts: exact, or meter (short, approximate)"},
			&cli.BoolFlag{Name: "fragments", Usage: "keep port matches from later fragments where nothing tracks connections"},
			&cli.StringFlag{Name: "table", Value: "recentc", Usage: "`NAME` of the nftables table"},
		}, inputFlags()...),
		Action: c.verify,
	}
}

func (c *Command) verify(ctx *cli.Context) error {
	o, err := c.verifyOptions(ctx)
	if err != nil {
		return err
	}
	backends, err := verifyBackends(ctx)
	if err != nil {
		return err
	}
	sets, diags, err := c.readSets(ctx)
	if err != nil {
		return err
	}
	files, l, err := c.readFiles(ctx, &o.Compile, &sets)
	if err != nil {
		return err
	}
	o.IPSets = sets.text
	diags = append(diags, l...)
	if diags = append(diags, emptyInput(files, diags)...); diags.HasErrors() {
		return errors.Join(c.show(ctx, diags), refused(diags))
	}
	if o.Against, o.Why, err = o.Against.Resolve(); err != nil {
		return exitError{exitSystem, fmt.Sprintf("verify cannot run here, because it loads both firewalls into network namespaces: %v", err)}
	}
	reports, err := c.verifyAll(files, o, backends)
	if err != nil {
		return c.verifyError(ctx, err)
	}
	return c.verifyReport(ctx, reports)
}

// verifyAll verifies one backend after the other.
func (c *Command) verifyAll(files []*ast.File, o verify.Options, backends []verify.Backend) (reports []*verify.Report, err error) {
	stop := c.progress(o.Seconds * len(backends))
	defer stop()
	for _, o.Backend = range backends {
		r, err := verify.Run(context.Background(), files, o)
		if err != nil {
			return nil, err
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// verifyBackends are those that the command line names.
func verifyBackends(ctx *cli.Context) (out []verify.Backend, err error) {
	o, err := nftOptions(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range strings.Split(ctx.String("backend"), ",") {
		switch script := ctx.String("candidate"); {
		case name == "nft" && script != "":
			text, err := safefile.Read(script, maxInput)
			if err != nil {
				return nil, usage("%v", err)
			}
			out = append(out, verify.Script(text, o))
		case name == "nft":
			out = append(out, verify.NFT(o))
		case name == "ebpf" && script != "":
			return nil, usage("--candidate is an nft script, which the eBPF backend does not load")
		case name == "ebpf":
			out = append(out, verify.EBPF(ebpf.Options{PktListTot: uint32(ctx.Uint("ip-pkt-list-tot")), Version: Version}))
		default:
			return nil, usage("--backend %s: write nft, ebpf or nft,ebpf", ctx.String("backend"))
		}
	}
	return out, nil
}

func (c *Command) verifyOptions(ctx *cli.Context) (o verify.Options, err error) {
	if o.Compile, err = compileOptions(ctx); err != nil {
		return o, err
	}
	o.Against = verify.Against(ctx.String("against"))
	if !slices.Contains([]verify.Against{verify.Auto, verify.Kernel, verify.Model}, o.Against) {
		return o, usage("--against is auto, kernel or model")
	}
	if o.Seconds = ctx.Int("seconds"); o.Seconds < 1 || o.Seconds > 24*3600 {
		return o, usage("--seconds is from 1 to 86400")
	}
	if o.Seed = ctx.Uint64("seed"); !ctx.IsSet("seed") {
		o.Seed = uint64(rand.Uint32())
	}
	return o, nil
}

// verifyError tells the input's faults from the system's.
func (c *Command) verifyError(ctx *cli.Context, err error) error {
	var input *verify.InputError
	if errors.As(err, &input) {
		return errors.Join(c.show(ctx, input.Diags), refused(input.Diags))
	}
	var candidate *verify.CandidateError
	if errors.As(err, &candidate) {
		return usage("%s: %v", ctx.String("candidate"), err)
	}
	return exitError{exitSystem, err.Error()}
}

// verifyReport prints a report for each backend: in JSON an object, or an array where several were asked for.
func (c *Command) verifyReport(ctx *cli.Context, reports []*verify.Report) (err error) {
	switch {
	case ctx.Bool("json") && len(reports) == 1:
		err = writeJSON(c.Stdout, reports[0])
	case ctx.Bool("json"):
		err = writeJSON(c.Stdout, reports)
	default:
		err = c.verifyText(reports)
	}
	if err != nil {
		return exitError{exitSystem, err.Error()}
	}
	if slices.ContainsFunc(reports, func(r *verify.Report) bool { return r.Different > 0 }) {
		return exitError{exitFindings, ""}
	}
	return nil
}

func (c *Command) verifyText(reports []*verify.Report) error {
	for _, r := range reports {
		if len(reports) > 1 {
			display.Fprintf(c.Stdout, "%s:\n", r.Backend)
		}
		if err := r.WriteText(c.Stdout); err != nil {
			return err
		}
	}
	return nil
}

// progress shows on a terminal how long packets have been sent, until stop is called.
func (c *Command) progress(seconds int) (stop func()) {
	if !isTerminal(c.Stderr) {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	start := time.Now()
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-done:
				fmt.Fprint(c.Stderr, "\r\033[K")
				return
			case <-tick.C:
				display.Fprintf(c.Stderr, "\r\033[Kverifying: %d of about %d s", int(time.Since(start).Seconds()), seconds+2)
			}
		}
	}()
	return func() { close(done); <-ended }
}
