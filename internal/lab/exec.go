package lab

import (
	"time"

	"github.com/recentc/recentc/internal/command"
)

// toolTimeout bounds every program that the lab starts. Loading the largest rule sets that make
// sense takes seconds.
const toolTimeout = 60 * time.Second

// A ToolError is a program that could not be started, failed, or took longer than a minute.
type ToolError = command.Error

// Run starts a program inside the namespace, gives it stdin, waits for it and returns what it
// wrote to standard output. Messages are in English (LC_ALL=C). The error is a *[ToolError]; the
// output up to the failure is returned with it. The program is killed after a minute, and with
// the calling process.
func (n *Namespace) Run(stdin, name string, args ...string) (stdout string, err error) {
	err = n.Do(func() error {
		stdout, err = runTool(stdin, name, args)
		return err
	})
	return stdout, err
}

func runTool(stdin, name string, args []string) (string, error) {
	return command.Run(toolTimeout, stdin, name, args...)
}
