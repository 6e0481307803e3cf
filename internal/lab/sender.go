package lab

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// A shot is a packet ready to be sent.
type shot struct {
	bytes []byte // from the IP header on
	dst   netip.Addr
	in    string // interface of the candidate; not used by a rawSender
}

// A sender gives packets to one candidate. When send returns the packet is in the candidate's queue
// of this CPU or already decided.
type sender interface {
	send(s shot) error
	close() error
}

// A frameSender sends from outside, over a wire for each interface of the candidate.
type frameSender struct {
	sockets map[string]int // by interface of the candidate
	frame   []byte
}

// newFrameSender opens sockets in the namespace of the thread, the outside.
func newFrameSender(wires []wire) (*frameSender, error) {
	s := &frameSender{sockets: map[string]int{}}
	for _, w := range wires {
		fd, err := openFrameSocket(w.outside)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("sender for %s: %w", w.inside, err), s.close())
		}
		s.sockets[w.inside] = fd
	}
	return s, nil
}

// openFrameSocket opens a socket that only sends: protocol 0 receives nothing.
func openFrameSocket(name string) (int, error) {
	link, err := netlink.LinkByName(name)
	if err != nil {
		return -1, err
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: link.Attrs().Index}); err != nil {
		return -1, errors.Join(err, unix.Close(fd))
	}
	return fd, nil
}

func (s *frameSender) send(p shot) error {
	etherType := uint16(unix.ETH_P_IP)
	if p.dst.Is6() {
		etherType = unix.ETH_P_IPV6
	}
	f := append(append(s.frame[:0], candidateMAC...), outsideMAC...)
	f = append(be.AppendUint16(f, etherType), p.bytes...)
	s.frame = f
	return unix.Send(s.sockets[p.in], f, 0)
}

func (s *frameSender) close() error {
	var errs []error
	for _, fd := range s.sockets {
		errs = append(errs, unix.Close(fd))
	}
	return errors.Join(errs...)
}

// A rawSender sends from the candidate's own namespace, with the IP header as given.
type rawSender struct{ fd4, fd6 int }

// newRawSender opens sockets in the namespace of the thread, the candidate's.
func newRawSender() (*rawSender, error) {
	fd4, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
	if err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	fd6, err := unix.Socket(unix.AF_INET6, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sender: %w", err), unix.Close(fd4))
	}
	return &rawSender{fd4, fd6}, nil
}

// send takes EPERM for what it is: the verdict of a rule.
func (s *rawSender) send(p shot) error {
	var err error
	if p.dst.Is4() {
		err = unix.Sendto(s.fd4, p.bytes, 0, &unix.SockaddrInet4{Addr: p.dst.As4()})
	} else {
		err = unix.Sendto(s.fd6, p.bytes, 0, &unix.SockaddrInet6{Addr: p.dst.As16()})
	}
	if errors.Is(err, unix.EPERM) {
		return nil
	}
	return err
}

func (s *rawSender) close() error { return errors.Join(unix.Close(s.fd4), unix.Close(s.fd6)) }
