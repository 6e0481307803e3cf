package live

import (
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/recentc/recentc/internal/command"
)

// All processes of a trial can be killed at once. Where systemd runs, a timer of it is the
// last who restores.

const (
	timerSlack = 15 * time.Second // after the time in which the others restore
	timerTakes = 20 * time.Second // how long systemd may take to answer
)

// timerName is the name of the timer's unit.
func (t *trial) timerName() string { return "recentc-trial-" + t.ID }

// systemdHere tells whether systemd runs, in our network namespace: what it starts is in its own.
func systemdHere() bool {
	if info, err := os.Lstat("/run/systemd/system"); err != nil || !info.IsDir() {
		return false
	}
	its, err := os.Readlink("/proc/1/ns/net")
	ours, e := os.Readlink("/proc/self/ns/net")
	return err == nil && e == nil && its == ours
}

// startTimer has systemd restore after the time of the trial. What is not possible is noted.
func (t *trial) startTimer() (notes []string) {
	if !systemdHere() {
		return nil
	}
	self, err := os.Executable()
	if err == nil {
		_, err = command.Run(timerTakes, "", "systemd-run", t.timerArgs(self)...)
	}
	if err != nil {
		return []string{fmt.Sprintf("systemd has no timer for the case that all processes of this trial are killed, and then the next recentc command restores: %v", err)}
	}
	t.timer = true
	return nil
}

func (t *trial) timerArgs(self string) []string {
	args := []string{"--quiet", "--collect", "--no-ask-password", "--unit=" + t.timerName(),
		fmt.Sprintf("--on-active=%ds", int((t.confirm+timerSlack)/time.Second)), "--timer-property=AccuracySec=1s"}
	if dir := os.Getenv("RUNTIME_DIRECTORY"); dir != "" {
		args = append(args, "--setenv=RUNTIME_DIRECTORY="+dir)
	}
	return append(args, self, HeirCommand, t.ID, "0")
}

// stopTimer is for the end of the trial. A timer that stays finds nothing to do. Nobody waits.
func (t *trial) stopTimer() {
	if !t.timer {
		return
	}
	t.timer = false
	exec.Command("systemctl", "--no-block", "stop", t.timerName()+".timer").Run()
}
