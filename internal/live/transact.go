package live

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"github.com/mdlayher/netlink"
	"github.com/recentc/recentc/backend/nft"
	"golang.org/x/sys/unix"
)

// Between the moment in which we look at a table and the one in which nft loads, anybody may
// remove it and make another of its name. nft would then merge our rules into a stranger's. So a
// transaction carries a proof that the table is the one that was seen. A new table is made by
// `create`, which fails where there is one. Into a loaded one we put a mark, an empty chain
// whose name nobody can guess, under the condition that nothing has changed since we looked; the
// transaction begins by deleting it. Where it was not deleted, nothing was loaded, whatever
// nft says: it may be killed, or find its output closed, after the kernel has done all.

// errMoved is the error where somebody else changed a table at the same time.
var errMoved = errors.New("somebody else changed it at the same moment, so that it is not what recentc looked at")

// markPrefix begins the name of a mark.
const markPrefix = "recentc-mark-"

// generation is the number of the rule set, which every change makes another.
func generation() (id uint32, err error) {
	c, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	answers, err := c.Execute(netlink.Message{
		Header: netlink.Header{Type: msgType(unix.NFT_MSG_GETGEN), Flags: netlink.Request},
		Data:   []byte{0, unix.NFNETLINK_V0, 0, 0},
	})
	if err != nil {
		return 0, err
	}
	const genID = 1
	for _, m := range answers {
		if len(m.Data) > 4 {
			attrs(m.Data[4:], func(kind uint16, data []byte) {
				if kind == genID {
					id = uint32(bigEndian(data))
				}
			})
		}
	}
	return id, nil
}

// mark is the proof. Its chains stand in tables that are not of its kind for an instant; one that
// is left behind by a kill is in nobody's way, and goes with the next load.
type mark struct {
	name string
	// done is the mark that the transaction itself makes: where it stands, the transaction took place.
	done string
	was  []*present
}

// markTries is how often a mark is tried while others change tables of their own.
const markTries = 50

// putMark marks the tables that are loaded. The error is errMoved if one is not as it was seen.
func putMark(was []*present) (*mark, error) {
	random := func() string { return fmt.Sprintf("%s%016x", markPrefix, rand.Uint64()) }
	m := &mark{random(), random(), was}
	for range markTries {
		b := newBatch()
		var err error
		if b.generation, err = generation(); err != nil {
			return nil, err
		}
		for _, p := range was {
			now, err := look(p.family, p.name)
			if err != nil {
				return nil, err
			}
			if !reflect.DeepEqual(now, p) {
				return nil, moved(p)
			}
			if p.exists {
				b.message(unix.NFT_MSG_NEWCHAIN, netlink.Create|netlink.Excl, markChain(p, m.name))
			}
		}
		if err = b.commit(); !errors.Is(err, unix.ERESTART) {
			return m, err
		}
	}
	return nil, errors.New("the rule set changes too fast to be changed")
}

func moved(p *present) error { return fmt.Errorf("table %s %s: %w", p.family, p.name, errMoved) }

// markChain is a mark in a message.
func markChain(p *present, name string) []byte {
	b := []byte{familyNumber(p.family), unix.NFNETLINK_V0, 0, 0}
	b = attr(b, unix.NFTA_CHAIN_TABLE, text0(p.name))
	return attr(b, unix.NFTA_CHAIN_NAME, text0(name))
}

// around puts the proof around a script.
func (m *mark) around(script string, stays []bool) string {
	var before, after strings.Builder
	for i, p := range m.was {
		if p.exists {
			fmt.Fprintf(&before, "delete chain %s %s %s\n", p.family, p.name, m.name)
		} else if stays[i] {
			before.WriteString(creation(p))
		}
		if stays[i] {
			fmt.Fprintf(&after, "add chain %s %s %s\n", p.family, p.name, m.done)
		}
	}
	return before.String() + script + after.String()
}

// creation makes a table, unless there is one.
func creation(p *present) string {
	return fmt.Sprintf("create table %s %s { comment \"%s\"; }\n", p.family, p.name, nft.TableComment)
}

// remove takes out the marks.
func (m *mark) remove() {
	for _, p := range m.was {
		for _, name := range []string{m.name, m.done} {
			b := newBatch()
			b.message(unix.NFT_MSG_DELCHAIN, 0, markChain(p, name))
			b.commit() // which fails where there is none
		}
	}
}

// betweenLookAndLoad is for tests.
var betweenLookAndLoad = func() {}

// transact has nft load a script as one transaction, which fails if a table is not the one that
// was looked at. What nft says is not all that counts: if it fails after the kernel has taken the
// script, the note says so, and the error is nil. Which tables stay tells stays; the script
// takes out the others. After an error nothing was changed, unless the error says that nobody knows.
func transact(was []*present, stays []bool, script string) (note string, err error) {
	betweenLookAndLoad()
	m, err := putMark(was)
	if err != nil {
		return "", err
	}
	defer m.remove()
	if _, err = tool(m.around(script, stays), "-f", "-"); err == nil {
		return "", nil
	}
	switch did, changed, e := m.tookPlace(stays); {
	case e != nil:
		return "", fmt.Errorf("%w; and what is loaded now cannot be read: %w", err, e)
	case did:
		return fmt.Sprintf("%v; but the kernel had taken all before, so it is loaded", err), nil
	case changed != nil:
		return "", fmt.Errorf("%w (%w)", changed, err)
	}
	return "", err
}

// tookPlace looks whether a transaction took place of which nft says that it failed. If it did not,
// changed tells what somebody else did meanwhile.
func (m *mark) tookPlace(stays []bool) (did bool, changed, err error) {
	for i, p := range m.was {
		now, err := look(p.family, p.name)
		if err != nil {
			return false, nil, err
		}
		switch {
		case stays[i] && slices.Contains(now.chains, m.done), !stays[i] && p.exists && !now.exists:
			did = true
		case p.exists != now.exists || p.exists && !slices.Contains(now.chains, m.name):
			changed = moved(p)
		}
	}
	return did, changed, nil
}
