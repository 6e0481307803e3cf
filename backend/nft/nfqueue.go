package nft

import (
	"strings"

	"github.com/recentc/recentc/compile"
)

var queueEnd = end{stmts: []stmt{decide("queue to 0")}, ends: true}

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
	return end{stmts: []stmt{decide(text + "to " + spanText(q.Queues))}, ends: true}
}
