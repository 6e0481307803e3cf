package nft

import (
	"strings"

	"github.com/recentc/recentc/compile"
)

// secmark names the object after the type in USER:ROLE:TYPE:LEVEL.
func (t *translator) secmark(s *compile.SecMark) end {
	name := s.Context
	if parts := strings.SplitN(s.Context, ":", 4); len(parts) > 2 {
		name = parts[2]
	}
	return afterwards(t.setObject("secmark", t.namedObject("secmark", name, `"`+s.Context+`"`)))
}
