// Package nfnl asks nf_tables for its objects by netlink, whole and fast.
package nfnl

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The kernel walks a set from its beginning for each part of a dump, and makes the
// parts as large as the reader's buffer, up to 32 KiB. With the page that most
// libraries offer, a set of 100 000 takes seconds.
const dumpBuffer = 1 << 16

// dumpTries is how often a dump is begun anew because the rule set changed meanwhile.
const dumpTries = 20

// dumpTimeout is how long a silent kernel is waited for, in seconds.
const dumpTimeout = 60

// Reader is a socket for dumps. It belongs to the namespace of the thread that opened
// it, and may be used by any.
type Reader struct {
	fd  int
	seq uint32
}

// Open opens a socket in the network namespace of the calling thread.
func Open() (*Reader, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	err = errors.Join(
		unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: dumpTimeout}),
	)
	if err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	return &Reader{fd: fd}, nil
}

// Close closes the socket.
func (r *Reader) Close() { unix.Close(r.fd) }

// Part is a part of a dump, and when it was read.
type Part struct {
	At    time.Time
	Attrs []byte
}

// Dump asks the kernel for all objects of a kind and returns the attributes of each
// message, all of the same state of the rule set. The question is the family with what
// limits it.
func Dump(kind uint16, question []byte) (out []Part, err error) {
	r, err := Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.Dump(kind, question)
}

// Dump is the function of that name on a socket that is open.
func (r *Reader) Dump(kind uint16, question []byte) (out []Part, err error) {
	for range dumpTries {
		r.seq++
		if err := unix.Sendto(r.fd, dumpRequest(kind, r.seq, question), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
			return nil, os.NewSyscallError("send", err)
		}
		out, whole, err := receiveDump(r.fd, r.seq)
		if err != nil || whole {
			return out, err
		}
	}
	return nil, errors.New("the rule set changes too fast to be read")
}

func dumpRequest(kind uint16, seq uint32, question []byte) []byte {
	b := binary.NativeEndian.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(question)))
	b = binary.NativeEndian.AppendUint16(b, unix.NFNL_SUBSYS_NFTABLES<<8|kind)
	b = binary.NativeEndian.AppendUint16(b, unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	b = binary.NativeEndian.AppendUint32(b, seq)
	b = binary.NativeEndian.AppendUint32(b, 0)
	return append(b, question...)
}

// receiveDump reads a dump to its end. It is not whole if the rule set changed.
func receiveDump(fd int, seq uint32) (out []Part, whole bool, err error) {
	whole = true
	for {
		buffer := make([]byte, dumpBuffer)
		n, _, err := unix.Recvfrom(fd, buffer, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, false, os.NewSyscallError("receive", err)
		}
		now := time.Now()
		for rest := buffer[:n]; len(rest) > 0; {
			var m message
			if m, rest, err = nextMessage(rest); err != nil {
				return nil, false, err
			}
			if m.seq != seq {
				continue // of a dump that was given up
			}
			whole = whole && m.flags&unix.NLM_F_DUMP_INTR == 0
			switch {
			case m.kind == unix.NLMSG_DONE, m.kind == unix.NLMSG_ERROR:
				return out, whole, dumpError(m.body)
			case len(m.body) >= 4:
				out = append(out, Part{now, m.body[4:]})
			}
		}
	}
}

// message is a netlink message.
type message struct {
	kind, flags uint16
	seq         uint32
	body        []byte
}

func nextMessage(b []byte) (m message, rest []byte, err error) {
	if len(b) < unix.SizeofNlMsghdr {
		return m, nil, errShort
	}
	size := int(binary.NativeEndian.Uint32(b))
	if size < unix.SizeofNlMsghdr || size > len(b) {
		return m, nil, errShort
	}
	m = message{binary.NativeEndian.Uint16(b[4:]), binary.NativeEndian.Uint16(b[6:]), binary.NativeEndian.Uint32(b[8:]), b[unix.SizeofNlMsghdr:size]}
	return m, b[min((size+3)&^3, len(b)):], nil
}

var errShort = errors.New("the kernel's answer is cut short")

// dumpError is the error that a dump ended with.
func dumpError(body []byte) error {
	if len(body) < 4 {
		return nil
	}
	if code := int32(binary.NativeEndian.Uint32(body)); code < 0 {
		return fmt.Errorf("the kernel answers: %w", syscall.Errno(-code))
	}
	return nil
}
