package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/mdlayher/netlink"
	"github.com/recentc/recentc/internal/nfnl"
	"golang.org/x/sys/unix"
)

// element is one element of a set. Expires is what is left of its life, 0 for one
// that stays. Timeout is its own, 0 for the set's.
type element struct {
	key              []byte
	timeout, expires time.Duration
}

// chunk is how many elements one message carries: an attribute is at most 64 KiB long.
const chunk = 1000

// setFamily is the family as netlink has it, setTable and setName where elements are.
type setID struct {
	family      uint8
	table, name string
}

func (s setID) header() []byte {
	b := []byte{s.family, unix.NFNETLINK_V0, 0, 0}
	b = attr(b, unix.NFTA_SET_ELEM_LIST_TABLE, text0(s.table))
	return attr(b, unix.NFTA_SET_ELEM_LIST_SET, text0(s.name))
}

func msgType(t uint16) netlink.HeaderType {
	return netlink.HeaderType(unix.NFNL_SUBSYS_NFTABLES<<8 | t)
}

// rounds bounds how often a large set is read.
const rounds = 8

// dump reads the live elements of a set. What is left of their lives is that at the
// time given, which is about now.
//
// A set that is larger than one part of a dump can change its order between two parts:
// packets add and remove elements, and a set that grew is rebuilt a moment later. Some elements
// are then shown twice and others not at all. It is read again until nothing is shown
// twice, or, to be careful, until nothing new comes.
func (r *reader) dump(set setID, at time.Time, careful bool) (map[string]element, error) {
	out := map[string]element{}
	for round := range rounds {
		parts, err := r.Dump(unix.NFT_MSG_GETSETELEM, set.header())
		if err != nil {
			return nil, fmt.Errorf("set %s: %w", set.name, err)
		}
		before, shown := len(out), 0
		for _, p := range parts {
			shown += collect(p, out, at)
		}
		fresh := len(out) - before
		if len(parts) < 2 || careful && fresh == 0 || !careful && shown == fresh {
			break
		}
		if shown != fresh {
			time.Sleep(time.Duration(round+1) * 150 * time.Millisecond) // the rebuilding takes a while
		}
	}
	return out, nil
}

// collect adds a part's elements and counts them.
func collect(p nfnl.Part, out map[string]element, at time.Time) (shown int) {
	attrs(p.Attrs, func(kind uint16, list []byte) {
		if kind != unix.NFTA_SET_ELEM_LIST_ELEMENTS {
			return
		}
		attrs(list, func(_ uint16, b []byte) {
			e := parseElement(b)
			if e.expires > 0 {
				e.expires += p.At.Sub(at)
			}
			out[string(e.key)] = e
			shown++
		})
	})
	return shown
}

func parseElement(b []byte) (e element) {
	attrs(b, func(kind uint16, data []byte) {
		switch kind {
		case unix.NFTA_SET_ELEM_KEY:
			attrs(data, func(_ uint16, key []byte) { e.key = key })
		case unix.NFTA_SET_ELEM_TIMEOUT:
			e.timeout = milliseconds(data)
		case unix.NFTA_SET_ELEM_EXPIRATION:
			e.expires = milliseconds(data)
		}
	})
	return e
}

func milliseconds(b []byte) time.Duration {
	return time.Duration(bigEndian(b)) * time.Millisecond
}

// appendElement encodes an element for a message.
func appendElement(b []byte, e element) []byte {
	return nest(b, unix.NFTA_LIST_ELEM, func(b []byte) []byte {
		b = nest(b, unix.NFTA_SET_ELEM_KEY, func(b []byte) []byte { return attr(b, unix.NFTA_DATA_VALUE, e.key) })
		if e.timeout > 0 {
			b = attr(b, unix.NFTA_SET_ELEM_TIMEOUT, binary.BigEndian.AppendUint64(nil, uint64(e.timeout.Milliseconds())))
		}
		if e.expires > 0 {
			b = attr(b, unix.NFTA_SET_ELEM_EXPIRATION, binary.BigEndian.AppendUint64(nil, uint64(e.expires.Milliseconds())))
		}
		return b
	})
}

// batch is a transaction of elements: all of it happens, or nothing.
type batch struct {
	msgs []netlink.Message
	// open is the message that takes further elements, by what it does and where.
	open map[batchKey]*pending
	size int
	// generation, if it is not 0, is that of the rule set which the kernel must have. Otherwise
	// the transaction fails with ERESTART.
	generation uint32
}

type batchKey struct {
	kind uint16
	set  setID
}

type pending struct {
	elements []byte
	count    int
}

func newBatch() *batch { return &batch{open: map[batchKey]*pending{}} }

// flush empties a set.
func (b *batch) flush(set setID) { b.message(unix.NFT_MSG_DELSETELEM, 0, set.header()) }

// remove takes an element out. The transaction fails with ENOENT if it is not there.
func (b *batch) remove(set setID, key []byte) {
	b.put(batchKey{unix.NFT_MSG_DELSETELEM, set}, element{key: key})
}

// add puts an element in. The transaction fails with ENFILE if the set is full.
func (b *batch) add(set setID, e element) { b.put(batchKey{unix.NFT_MSG_NEWSETELEM, set}, e) }

func (b *batch) put(k batchKey, e element) {
	p := b.open[k]
	if p == nil {
		p = &pending{}
		b.open[k] = p
	}
	p.elements = appendElement(p.elements, e)
	if p.count++; p.count == chunk {
		b.close(k, p)
	}
}

// close makes the elements so far a message.
func (b *batch) close(k batchKey, p *pending) {
	data := nest(k.set.header(), unix.NFTA_SET_ELEM_LIST_ELEMENTS, func(b []byte) []byte { return append(b, p.elements...) })
	flags := netlink.HeaderFlags(0)
	if k.kind == unix.NFT_MSG_NEWSETELEM {
		flags = netlink.Create
	}
	b.message(k.kind, flags, data)
	delete(b.open, k)
}

// barrier lets what was put so far happen before what follows.
func (b *batch) barrier() {
	for k, p := range b.open {
		b.close(k, p)
	}
}

func (b *batch) message(kind uint16, flags netlink.HeaderFlags, data []byte) {
	b.msgs = append(b.msgs, netlink.Message{Header: netlink.Header{Type: msgType(kind), Flags: netlink.Request | flags}, Data: data})
	b.size += len(data) + 32
}

// nfnlBatchGenID is the attribute of a transaction's generation.
const nfnlBatchGenID = 1

// commit sends the transaction and waits for the kernel's answer, a minute at most.
func (b *batch) commit() error {
	b.barrier()
	if len(b.msgs) == 0 {
		return nil
	}
	c, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	b.msgs[len(b.msgs)-1].Header.Flags |= netlink.Acknowledge
	edge := func(kind uint16) netlink.Message {
		return netlink.Message{
			Header: netlink.Header{Type: netlink.HeaderType(kind), Flags: netlink.Request},
			Data:   []byte{0, unix.NFNETLINK_V0, 0, unix.NFNL_SUBSYS_NFTABLES},
		}
	}
	begin := edge(unix.NFNL_MSG_BATCH_BEGIN)
	if b.generation != 0 {
		begin.Data = attr(begin.Data, nfnlBatchGenID, binary.BigEndian.AppendUint32(nil, b.generation))
	}
	msgs := append(append([]netlink.Message{begin}, b.msgs...), edge(unix.NFNL_MSG_BATCH_END))
	// The whole transaction is one datagram, which has to fit the send buffer.
	if err := errors.Join(c.SetDeadline(time.Now().Add(time.Minute)), c.SetWriteBuffer(b.size+1<<16)); err != nil {
		return err
	}
	if _, err := c.SendMessages(msgs); err != nil {
		return err
	}
	_, err = c.Receive() // an error of any message comes before the answer to the last
	return err
}
