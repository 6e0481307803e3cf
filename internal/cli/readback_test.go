package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/readbacklab"
	"github.com/urfave/cli/v2"
)

// tablesOf translates a golden case and gives its tables, with what their rules mean.
func tablesOf(t *testing.T, dir string) (tables []nft.Table) {
	t.Helper()
	var quiet strings.Builder
	c := &Command{Stdin: strings.NewReader(""), Stdout: &quiet, Stderr: &quiet}
	command := c.translateCommand()
	command.Name = "meanings"
	command.Action = func(ctx *cli.Context) error {
		got, err := c.translateInput(ctx)
		tables = got.tables()
		return err
	}
	app := &cli.App{Commands: []*cli.Command{command}, ExitErrHandler: func(*cli.Context, error) {}}
	app.Run(append(append([]string{"recentc", "meanings"}, goldenArgs(dir)...), filepath.Join(dir, "in.rules")))
	return tables
}

// TestGoldenMeans loads every golden output, reads its rules back from the kernel, and
// holds them to what the translation means. The text has no part in it. What nft lists is
// loaded again, and must mean the same.
func TestGoldenMeans(t *testing.T) {
	lab.Require(t)
	for _, name := range goldenCases(t) {
		dir := filepath.Join(goldenDir, name)
		script, err := os.ReadFile(filepath.Join(dir, "out.nft"))
		if err != nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			tables := tablesOf(t, dir)
			if len(tables) == 0 {
				t.Fatal("no tables")
			}
			otherwise, changed, err := readbacklab.TryTwice(string(script), tables)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range otherwise {
				t.Error(d)
			}
			for _, d := range changed {
				t.Errorf("the listing loaded again: %s", d)
			}
		})
	}
}
