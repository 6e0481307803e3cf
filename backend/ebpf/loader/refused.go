package loader

import (
	"errors"
	"fmt"
	"strings"

	cilium "github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// RuleError is a program that the kernel refuses, with the rule whose code it
// complains about. It is a bug of recentc, or a limit of the kernel that is not
// known yet: what recentc knows is refused before.
type RuleError struct {
	// Program is the program's name, Rule the rule as the object names it; empty if
	// the complaint is not about a rule.
	Program, Rule string
	// Complaint is what the verifier says, Log its last lines about the rule.
	Complaint string
	Log       []string
	err       error
}

// Error names the rule, the complaint, and what was looked at.
func (e *RuleError) Error() string {
	where := "the code of " + e.Program
	if e.Rule != "" {
		where = "the code of the rule " + e.Rule
	}
	return fmt.Sprintf("the kernel refuses %s: %s\n%s", where, e.Complaint, strings.Join(e.Log, "\n"))
}

// Unwrap gives the kernel's error.
func (e *RuleError) Unwrap() error { return e.err }

// refused explains the kernel's refusal to load.
func refused(program string, err error) error {
	var v *cilium.VerifierError
	switch {
	case errors.Is(err, unix.EPERM):
		return ErrNoPermission
	case !errors.As(err, &v) || len(v.Log) == 0:
		return fmt.Errorf("load the object: %w", err)
	}
	return cut(program, v.Log, err)
}

// longestLog is how many lines of the log are shown.
const longestLog = 12

// cut leaves of the verifier's log what it says about the rule that it complains
// about. The log has the line of the source in front of each part; the complaint
// comes last, in front of statistics.
func cut(program string, log []string, err error) *RuleError {
	for len(log) > 1 && isStatistic(log[len(log)-1]) {
		log = log[:len(log)-1]
	}
	e := &RuleError{Program: program, Complaint: log[len(log)-1], err: err}
	from := max(0, len(log)-1-longestLog)
	for i := len(log) - 1; i >= 0; i-- {
		if rule, ok := strings.CutPrefix(log[i], "; "); ok {
			e.Rule, from = rule, max(from, i+1)
			break
		}
	}
	e.Log = log[from : len(log)-1]
	return e
}

func isStatistic(line string) bool {
	for _, begin := range []string{"processed ", "verification time", "stack depth", "mark_precise"} {
		if strings.HasPrefix(line, begin) {
			return true
		}
	}
	return strings.TrimSpace(line) == ""
}
