package live

import (
	"fmt"

	"github.com/recentc/recentc/internal/readback"
)

// readBack looks at what nft made of the tables, rule by rule. nft is a compiler of its
// own, and this machine's may be another version than any that was tried.
func (l *loader) readBack() error {
	for _, t := range l.Tables {
		if t.Meanings == nil {
			continue
		}
		found, err := readback.Check(t)
		if err != nil {
			return fmt.Errorf("what nft loaded cannot be read back: %w", err)
		}
		if len(found) > 0 {
			return misread(found)
		}
	}
	return nil
}

func misread(found []readback.Difference) error {
	d := found[0]
	return fmt.Errorf("nft loaded %d of the rules otherwise than they are meant. The first is %s: %s. "+
		"Such a firewall would treat some packets otherwise than the old one. Use another version of nft, and report this with the output of `nft --version`",
		len(found), d.Place, d)
}

// goBack restores what stood before rules that are not as they are meant.
func (l *loader) goBack() string {
	if l.back == nil {
		return ". What stood before could not be remembered, so these rules stay loaded: run `recentc remove`, or load the old rules"
	}
	if err := restore(l.back); err != nil {
		return ". " + err.Error()
	}
	return "; what stood before is restored"
}
