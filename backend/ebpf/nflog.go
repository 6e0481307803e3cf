package ebpf

import "github.com/recentc/recentc/compile"

// nflog writes an event too; the rule tells the group and the prefix.
func (t *translator) nflog(f *function, _ *compile.NFLog, rule uint32) { t.event(f, rule) }
