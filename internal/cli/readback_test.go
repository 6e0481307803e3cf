package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/readback"
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
// holds them to what the translation means. The text has no part in it.
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
			err := lab.WithNamespace(func(ns *lab.Namespace) error {
				if err := lab.NFT("", string(script)).Load(ns); err != nil {
					return err
				}
				return ns.Do(func() error {
					for _, table := range tables {
						differences, err := readback.Check(table)
						if err != nil {
							return err
						}
						for _, d := range differences {
							t.Error(d)
						}
					}
					return nil
				})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
