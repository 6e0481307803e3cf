package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/sample"
)

// A tool is a program that is timed. What it prints goes to the file output, if there
// is one.
type tool struct {
	name    string
	command []string
	output  string
}

// sizes are the numbers of rules, and how often each file is translated.
var sizes = []struct{ rules, times int }{{1_000, 15}, {10_000, 9}, {100_000, 5}, {1_000_000, 3}}

// toolTimeout bounds one run of a program.
const toolTimeout = 5 * time.Minute

func writeTranslations(w io.Writer) error {
	return withPrograms(func(dir, recentc string) error {
		fmt.Fprint(w, `## Translation

Rules of the kinds that real files have, one in ten with `+"`-m recent`"+`, which iptables-restore-translate leaves out. Wall
time of whole programs, which write a file, in turn; iptables-nft-restore only tests, in a network namespace of its own.

| rules | recentc | iptables-restore-translate | iptables-nft-restore --test | recentc to translate | recentc to restore |
|---|---|---|---|---|---|
`)
		for _, size := range sizes {
			file := filepath.Join(dir, "in.rules")
			if err := os.WriteFile(file, []byte(sample.Rules(size.rules)), 0o600); err != nil {
				return err
			}
			times, err := inTurn(size.times, []tool{
				{name: "recentc", command: []string{recentc, "translate", "-o", filepath.Join(dir, "out.nft"), file}},
				{name: "iptables-restore-translate", command: []string{"iptables-restore-translate", "-f", file}, output: filepath.Join(dir, "theirs.nft")},
				{name: "iptables-nft-restore", command: []string{"iptables-nft-restore", "--test", file}},
			})
			if err != nil {
				return err
			}
			ours := times[0]
			fmt.Fprintf(w, "| %d | %.3f s | %.3f s | %.3f s | %s | %s |\n", size.rules, median(ours), median(times[1]), median(times[2]),
				spread(ratios(ours, times[1])), spread(ratios(ours, times[2])))
		}
		fmt.Fprintln(w)
		return nil
	})
}

func writeLoads(w io.Writer) error {
	return withPrograms(func(dir, recentc string) error {
		fmt.Fprint(w, `## Loading

`+"`nft -c -f`"+` of recentc's output and of iptables-restore-translate's for the same rules, in turn.

| rules | recentc's | the other | ratio |
|---|---|---|---|
`)
		for _, size := range []struct{ rules, times int }{{10_000, 5}, {100_000, 3}} {
			ours, theirs, err := scripts(dir, recentc, sample.Rules(size.rules))
			if err != nil {
				return err
			}
			times, err := inTurn(size.times, []tool{{name: "ours", command: []string{"nft", "-c", "-f", ours}}, {name: "theirs", command: []string{"nft", "-c", "-f", theirs}}})
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "| %d | %.2f s | %.2f s | %s |\n", size.rules, median(times[0]), median(times[1]), spread(ratios(times[0], times[1])))
		}
		return writeManyLists(w, dir, recentc)
	})
}

func writeManyLists(w io.Writer, dir, recentc string) error {
	ours, _, err := scripts(dir, recentc, sample.ManyLists(1000))
	if err != nil {
		return err
	}
	times, err := inTurn(5, []tool{{name: "ours", command: []string{"nft", "-f", ours}}})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n5000 rules with `-m recent` over 1000 lists load in %s s (`nft -f` into an empty namespace).\n\n", spread(times[0]))
	return nil
}

// scripts writes both translations of rules.
func scripts(dir, recentc, rules string) (ours, theirs string, err error) {
	file := filepath.Join(dir, "in.rules")
	ours, theirs = filepath.Join(dir, "ours.nft"), filepath.Join(dir, "theirs.nft")
	if err := os.WriteFile(file, []byte(rules), 0o600); err != nil {
		return "", "", err
	}
	if out, err := exec.Command(recentc, "translate", "-o", ours, file).CombinedOutput(); err != nil {
		return "", "", fmt.Errorf("recentc: %w: %s", err, out)
	}
	out, err := exec.Command("iptables-restore-translate", "-f", file).Output()
	if err != nil {
		return "", "", fmt.Errorf("iptables-restore-translate: %w", err)
	}
	return ours, theirs, os.WriteFile(theirs, out, 0o600)
}

// withPrograms builds recentc in a directory that is removed afterwards.
func withPrograms(do func(dir, recentc string) error) error {
	dir, err := os.MkdirTemp("", "recentc-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	recentc := filepath.Join(dir, "recentc")
	if out, err := exec.Command("go", "build", "-o", recentc, "github.com/recentc/recentc/cmd/recentc").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, out)
	}
	return do(dir, recentc)
}

// inTurn runs each tool so many times, and returns the seconds that each took.
func inTurn(times int, tools []tool) ([][]float64, error) {
	out := make([][]float64, len(tools))
	for range times {
		for i, t := range tools {
			seconds, err := t.time()
			if err != nil {
				return nil, err
			}
			out[i] = append(out[i], seconds)
		}
	}
	return out, nil
}

// time runs the tool in a new network namespace.
func (t tool) time() (seconds float64, err error) {
	err = lab.WithNamespace(func(ns *lab.Namespace) error {
		return ns.Do(func() error {
			cmd := exec.Command(t.command[0], t.command[1:]...)
			var complaint strings.Builder
			cmd.Stderr = &complaint
			if t.output != "" {
				f, err := os.Create(t.output)
				if err != nil {
					return err
				}
				defer f.Close()
				cmd.Stdout = f
			}
			stop := time.AfterFunc(toolTimeout, func() { cmd.Process.Kill() })
			defer stop.Stop()
			start := time.Now()
			err := cmd.Run()
			seconds = time.Since(start).Seconds()
			if err != nil {
				return fmt.Errorf("%s: %w: %.500s", t.name, err, complaint.String())
			}
			return nil
		})
	})
	return seconds, err
}
