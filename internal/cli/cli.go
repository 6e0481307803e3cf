// Package cli is the recentc command: one file a command, the exit codes, and
// what is printed where.
package cli

import (
	"errors"
	"io"
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"github.com/recentc/recentc/internal/display"
)

// The exit codes.
const (
	exitOK       = 0
	exitFindings = 1 // findings, a partial translation, a difference
	exitUsage    = 2 // the input or the command line is wrong
	exitSystem   = 3 // no permission, no nft, the kernel is too old
)

// Command runs recentc with the given streams, so that tests can.
type Command struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Main runs one command line, without the program's name, and returns the exit code. It
// is exitSystem, too, where standard output cannot take what the command writes.
func (c *Command) Main(args []string) int {
	out := &output{Writer: c.Stdout}
	run := &Command{Stdin: c.Stdin, Stdout: out, Stderr: messages{c.Stderr}}
	code := run.main(args, out)
	if out.err != nil {
		return out.failed(run.Stderr)
	}
	return code
}

func (c *Command) main(args []string, out *output) int {
	defer debug.SetGCPercent(debug.SetGCPercent(garbagePercent))
	app := c.app()
	err := app.Run(append([]string{"recentc"}, reorder(app, args)...))
	if err == nil {
		return exitOK
	}
	var code exitError
	if errors.As(err, &code) {
		complain(c.Stderr, code.message, out.err)
		return code.code
	}
	complain(c.Stderr, err.Error()+"\nSee recentc help.", out.err)
	return exitUsage
}

// exitError ends a command with an exit code and, if there is one, a message.
type exitError struct {
	code    int
	message string
}

func (e exitError) Error() string { return e.message }

func usage(format string, args ...any) error {
	return exitError{exitUsage, display.Sprintf(format, args...)}
}

func (c *Command) app() *cli.App {
	app := &cli.App{
		Name:      "recentc",
		Usage:     "iptables rules with -m recent, translated to nftables exactly",
		Version:   Version,
		Reader:    c.Stdin,
		Writer:    c.Stdout,
		ErrWriter: c.Stderr,
		Commands: []*cli.Command{
			c.translateCommand(), c.lintCommand(), c.verifyCommand(), c.applyCommand(), c.statusCommand(), c.removeCommand(), c.listCommand(),
			c.explainCommand(), c.completionCommand(), c.manCommand(), c.versionCommand(), c.watchCommand(), c.heirCommand(),
		},
		HideVersion:          true,
		EnableBashCompletion: true,
		CommandNotFound:      nil,
		ExitErrHandler:       func(*cli.Context, error) {},
		OnUsageError:         func(_ *cli.Context, err error, _ bool) error { return usage("%v", err) },
		Action:               c.noCommand,
	}
	for _, cmd := range app.Commands {
		cmd.OnUsageError = app.OnUsageError
		cmd.HideHelpCommand = true
	}
	return app
}

func (c *Command) noCommand(ctx *cli.Context) error {
	if name := ctx.Args().First(); name != "" {
		return usage("there is no command %q; see recentc help", name)
	}
	return cli.ShowAppHelp(ctx)
}
