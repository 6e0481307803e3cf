package lab

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// The parts of linux/netfilter/nfnetlink_log.h that are used here.
const (
	ulogPacket    = unix.NFNL_SUBSYS_ULOG << 8
	ulogConfig    = unix.NFNL_SUBSYS_ULOG<<8 | 1
	cfgCmd        = 1
	cfgMode       = 2
	cfgThreshold  = 5
	cfgCmdBind    = 1
	copyPacket    = 2
	attrPayload   = 9
	attrMark      = 2 // NFULA_MARK, in network order
	nfGenMsgLen   = 4
	logBufferSize = 16 << 20 // room for thousands of packets in a tick
)

// nflog receives what rules with `log group` in one namespace see.
type nflog struct{ conn *netlink.Conn }

// openNFLog binds to the group in ns. Messages come one by one and at once.
func openNFLog(ns *Namespace, group uint16) (*nflog, error) {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, &netlink.Config{NetNS: ns.FD()})
	if err != nil {
		return nil, fmt.Errorf("packet log: %w", err)
	}
	l := &nflog{conn}
	if err := errors.Join(conn.SetReadBuffer(logBufferSize), l.bind(group)); err != nil {
		return nil, errors.Join(fmt.Errorf("packet log: %w", err), conn.Close())
	}
	return l, nil
}

func (l *nflog) bind(group uint16) error {
	attrs := netlink.NewAttributeEncoder()
	attrs.ByteOrder = be
	attrs.Uint8(cfgCmd, cfgCmdBind)
	attrs.Bytes(cfgMode, []byte{0, 0, 0xff, 0xff, copyPacket, 0}) // as much as the rule says
	attrs.Uint32(cfgThreshold, 1)
	body, err := attrs.Encode()
	if err != nil {
		return err
	}
	generic := be.AppendUint16([]byte{unix.AF_UNSPEC, unix.NFNETLINK_V0}, group)
	_, err = l.conn.Execute(netlink.Message{
		Header: netlink.Header{Type: ulogConfig, Flags: netlink.Request | netlink.Acknowledge},
		Data:   append(generic, body...),
	})
	return err
}

// receive waits for the next messages.
func (l *nflog) receive(deadline time.Time) ([]netlink.Message, error) {
	if err := l.conn.SetReadDeadline(deadline); err != nil {
		return nil, err
	}
	messages, err := l.conn.Receive()
	switch {
	case errors.Is(err, unix.ENOBUFS):
		return nil, errors.New("packet log: messages were lost; send fewer packets in a tick")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errors.New("packet log: the fence did not come through; were the lab's chains flushed?")
	}
	return messages, err
}

func (l *nflog) close() error { return l.conn.Close() }

// loggedPacket is the packet in a log message, from its IP header on, and its mark; the packet is nil
// if the message has none.
func loggedPacket(m netlink.Message) (packet []byte, mark uint32) {
	if m.Header.Type != ulogPacket || len(m.Data) < nfGenMsgLen {
		return nil, 0
	}
	attrs, err := netlink.NewAttributeDecoder(m.Data[nfGenMsgLen:])
	if err != nil {
		return nil, 0
	}
	attrs.ByteOrder = be
	for attrs.Next() {
		switch attrs.Type() {
		case attrMark:
			mark = attrs.Uint32()
		case attrPayload:
			packet = attrs.Bytes()
		}
	}
	return packet, mark
}
