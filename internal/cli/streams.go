package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/recentc/recentc/internal/display"
	"github.com/urfave/cli/v2"
)

// output is standard output. It remembers that a write failed, so that every command
// ends with an error then, also one that prints and does not look.
type output struct {
	io.Writer
	err error
}

// Write implements io.Writer. Behind an error nothing is written: a part in the middle
// of the text would be missing.
func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	var n int
	n, o.err = o.Writer.Write(p)
	return n, o.err
}

// messages is standard error. What it cannot take is lost, and changes nothing else.
type messages struct{ io.Writer }

// Write implements io.Writer.
func (m messages) Write(p []byte) (int, error) {
	m.Writer.Write(p)
	return len(p), nil
}

// failed reports that standard output took not everything. A reader that went away, as
// head does, wants no message.
func (o *output) failed(stderr io.Writer) int {
	if !errors.Is(o.err, syscall.EPIPE) && !errors.Is(o.err, io.ErrClosedPipe) {
		display.Fprintf(stderr, "recentc: standard output: %v\n", o.err)
	}
	return exitSystem
}

// isTerminal tells whether a stream is one, for colours.
func isTerminal(w io.Writer) bool {
	switch v := w.(type) {
	case *output:
		return isTerminal(v.Writer)
	case messages:
		return isTerminal(v.Writer)
	case *os.File:
		info, err := v.Stat()
		return err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return false
}

// colorFlag is --color, which coloured reads.
func colorFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "color", Value: "auto", Usage: "colour messages: `WHEN` is auto, always or never",
		Action: func(_ *cli.Context, when string) error {
			if !slices.Contains([]string{"auto", "always", "never"}, when) {
				return usage("--color %s: write auto, always or never", when)
			}
			return nil
		},
	}
}

// coloured tells whether colours go to a stream: as asked for, and else to a terminal
// whose user has not set NO_COLOR.
func coloured(ctx *cli.Context, w io.Writer) bool {
	switch ctx.String("color") {
	case "always":
		return true
	case "never":
		return false
	}
	return isTerminal(w) && os.Getenv("NO_COLOR") == ""
}

// complain prints an error, unless it only repeats what is wrong with standard output.
func complain(w io.Writer, message string, out error) {
	if message != "" && (out == nil || !strings.Contains(message, out.Error())) {
		fmt.Fprintln(w, "recentc: "+display.Lines(message))
	}
}
