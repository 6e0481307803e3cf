package compile

import (
	"strings"

	"github.com/recentc/recentc/ast"
)

// NFQueue hands the packet to a program, which decides about it.
type NFQueue struct {
	// Queues are the numbers of the queues among which connections are spread.
	Queues Span
	// Bypass lets the packet pass where no program listens; otherwise it is dropped.
	Bypass bool
	// Fanout chooses the queue by the processor at work, not by the connection.
	Fanout bool
}

// Queue hands the packet to the program that listens to queue 0.
type Queue struct{}

// Extension implements Target.
func (*NFQueue) Extension() string { return "NFQUEUE" }

// Extension implements Target.
func (Queue) Extension() string { return "QUEUE" }

// Ends implements Target.
func (*NFQueue) Ends() bool { return true }

// Ends implements Target.
func (Queue) Ends() bool { return true }

var queueTarget = plainTarget("QUEUE", Queue{})

var nfqueueTarget = &extension{
	name: "NFQUEUE",
	options: []option{
		{name: "queue-num", args: 1}, {name: "queue-balance", args: 1}, {name: "queue-bypass"}, {name: "queue-cpu-fanout"},
	},
	target: func(c *call) Target {
		q := &NFQueue{Bypass: c.has("queue-bypass"), Fanout: c.has("queue-cpu-fanout")}
		if !c.queues(q) {
			return nil
		}
		return q
	},
}

func (c *call) queues(q *NFQueue) (ok bool) {
	num, balance := c.get("queue-num"), c.get("queue-balance")
	switch {
	case num != nil && balance != nil:
		c.conflict(num, "queue-balance")
		return false
	case balance != nil:
		q.Queues, ok = c.queueSpan(balance.value())
		return ok
	case q.Fanout:
		c.missing("--queue-balance with --queue-cpu-fanout")
		return false
	case num != nil:
		n, ok := c.number(num.value(), 0, 65535)
		q.Queues = Span{uint32(n), uint32(n)}
		return ok
	}
	return true
}

// queueSpan reads FIRST:LAST, of which the kernel takes up to 65535 queues.
func (c *call) queueSpan(w ast.Word) (Span, bool) {
	low, high, isRange := strings.Cut(w.Text, ":")
	a, ok1 := parseUintOr(low, 0, 65535)
	b, ok2 := parseUintOr(high, 65535, 65535)
	if !isRange || !ok1 || !ok2 || a >= b || b-a == 65535 {
		c.bad(w, "%q is not a range of queues FIRST:LAST", w.Text)
		return Span{}, false
	}
	return Span{uint32(a), uint32(b)}, true
}
