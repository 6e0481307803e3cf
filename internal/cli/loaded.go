package cli

import (
	"github.com/recentc/recentc/internal/live"
	"github.com/urfave/cli/v2"
)

// loadedBackend is the option of the commands that look at what is loaded.
func loadedBackend() cli.Flag {
	return &cli.StringFlag{Name: "backend", Aliases: []string{"b"}, Usage: "only this `BACKEND`: nft or ebpf", DefaultText: "both"}
}

// look is where a command is to look: at tables, at BPF programs, or at both.
type look struct{ nft, ebpf bool }

// lookAt finds out where, and that it can be done. A table's name is about tables alone. Where
// nft is not installed only programs can be looked at, if there are any.
func lookAt(ctx *cli.Context) (l look, err error) {
	switch b := ctx.String("backend"); {
	case b == "ebpf" && ctx.IsSet("table"):
		return l, usage("--table is an option of the nft backend")
	case b == "ebpf":
		l.ebpf = true
	case b == "nft" || b == "" && ctx.IsSet("table"):
		l.nft = true
	case b == "":
		l = look{true, true}
	default:
		return l, usage("--backend %s: write nft or ebpf", b)
	}
	return l, l.ready(ctx)
}

func (l *look) ready(ctx *cli.Context) error {
	err := live.Root()
	if err == nil && l.nft {
		err = live.HaveNFT()
		if err != nil && l.ebpf {
			if programs, e := live.ProgramsLoaded(); e == nil && programs {
				l.nft, err = false, nil
			}
		}
	}
	if err != nil {
		return exitError{exitSystem, ctx.Command.Name + ": " + err.Error()}
	}
	return nil
}

// oneList finds where a list is. One of the same name in both has to be told apart.
func (l *look) oneList(table, name string) error {
	if !l.nft || !l.ebpf {
		return nil
	}
	programs, err := live.ProgramsHave(name)
	if err != nil {
		return liveError(err)
	}
	_, err = live.Named(table, name)
	switch {
	case programs && err == nil:
		return usage("list %s is in the tables and in the BPF programs that are loaded, each its own: say which with -b nft or -b ebpf", name)
	case programs:
		l.nft = false
	default:
		l.ebpf = false
	}
	return nil
}
