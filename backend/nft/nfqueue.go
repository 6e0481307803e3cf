package nft

import (
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

var queueEnd = end{stmts: []stmt{decide("queue to 0", expression("queue", bytecode.N16(2, 1)))}, ends: true}

func (t *translator) nfqueue(q *compile.NFQueue) end {
	var flags []string
	if q.Bypass {
		flags = append(flags, "bypass")
	}
	if q.Fanout {
		flags = append(flags, "fanout")
	}
	text := "queue "
	if flags != nil {
		text += "flags " + strings.Join(flags, ",") + " "
	}
	return end{stmts: []stmt{decide(text+"to "+spanText(q.Queues), queueCode(q))}, ends: true}
}

func queueCode(q *compile.NFQueue) func(*coder) {
	flags := uint16(0)
	if q.Bypass {
		flags |= 1
	}
	if q.Fanout {
		flags |= 2
	}
	return expression("queue", bytecode.N16(1, uint16(q.Queues.Low)), bytecode.N16(2, uint16(q.Queues.High-q.Queues.Low+1)), bytecode.N16(3, flags))
}
