package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"

	"github.com/recentc/recentc/internal/lab"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// device is the TAP device that every station has.
const device = "tap0"

// sink counts what comes through all rules, and drops it before a socket sees it.
const sink = "table ip sink { chain in { type filter hook input priority 300; policy drop; counter; }; }\n"

// A station is one firewall under measurement: a network namespace with a TAP
// device. A packet written to the device is received inside the call, by the
// calling thread, so that its time is the packet's.
type station struct {
	config
	ns   *lab.Namespace
	tap  int
	sent uint64
	// frames are the packets of a batch.
	frames []frame
	// nanoseconds has the thread's CPU time for a packet, by round, and seconds
	// how long the whole measurement took.
	nanoseconds []float64
	seconds     float64
	// share is how many packets of a hundred came through.
	share float64
}

// newStation makes the namespace and loads the firewall.
func newStation(c config) (*station, error) {
	ns, err := lab.NewNamespace()
	if err != nil {
		return nil, err
	}
	s := &station{config: c, ns: ns, tap: -1}
	if err := errors.Join(ns.Do(s.plugIn), s.load(ns)); err != nil {
		s.close()
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	if _, err := ns.Run(sink, "nft", "-f", "-"); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *station) close() {
	s.ns.Close()
	if s.tap >= 0 {
		unix.Close(s.tap)
	}
}

// plugIn makes the device, in the namespace of the thread.
func (s *station) plugIn() error {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("/dev/net/tun: %w", err)
	}
	s.tap = fd
	request, err := unix.NewIfreq(device)
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return os.NewSyscallError("TUNSETIFF", err)
	}
	return errors.Join(quiet(), address())
}

// quiet stops packets of the kernel's own making, and lets every source in.
func quiet() error {
	for _, knob := range [][2]string{
		{"ipv6/conf/all/disable_ipv6", "1"}, {"ipv4/conf/all/rp_filter", "0"},
		{"ipv4/conf/" + device + "/rp_filter", "0"}, {"ipv4/ip_early_demux", "0"},
	} {
		if err := os.WriteFile("/proc/sys/net/"+knob[0], []byte(knob[1]), 0); err != nil {
			return err
		}
	}
	return nil
}

var mac = net.HardwareAddr{2, 0, 0, 0, 0, 1}

func address() error {
	link, err := netlink.LinkByName(device)
	if err != nil {
		return err
	}
	ip := &netlink.Addr{IPNet: &net.IPNet{IP: net.IPv4(198, 18, 0, 1), Mask: net.CIDRMask(32, 32)}}
	sources := &netlink.Route{LinkIndex: link.Attrs().Index, Scope: netlink.SCOPE_LINK, Dst: &net.IPNet{IP: net.IPv4(10, 0, 0, 0), Mask: net.CIDRMask(8, 32)}}
	return errors.Join(netlink.LinkSetHardwareAddr(link, mac), netlink.AddrAdd(link, ip), netlink.LinkSetUp(link), netlink.RouteAdd(sources))
}

// passed counts the packets that came through.
func (s *station) passed() (uint64, error) {
	listed, err := s.ns.Run("", "nft", "list", "table", "ip", "sink")
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(sinkCounter.FindStringSubmatch(listed)[1], 10, 64)
}

var sinkCounter = regexp.MustCompile(`packets (\d+)`)

// A frame is a UDP packet of 60 bytes, whose source changes from one to the next.
type frame [60]byte

func newFrame() (f frame) {
	copy(f[:], mac)
	copy(f[6:], []byte{2, 0, 0, 0, 0, 2, 8, 0})
	ip := f[14:]
	copy(ip, []byte{0x45, 0, 0, byte(len(ip)), 0, 0, 0x40, 0, 64, unix.IPPROTO_UDP})
	copy(ip[16:], []byte{198, 18, 0, 1})
	binary.BigEndian.PutUint16(ip[20:], 4000)
	binary.BigEndian.PutUint16(ip[22:], 4001)
	binary.BigEndian.PutUint16(ip[24:], uint16(len(ip)-20))
	return f
}

// from sets the source, and the header's checksum for it.
func (f *frame) from(source uint32) {
	ip := f[14:34]
	binary.BigEndian.PutUint32(ip[12:], source)
	ip[10], ip[11] = 0, 0
	var sum uint32
	for i := 0; i < len(ip); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(ip[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	binary.BigEndian.PutUint16(ip[10:], ^uint16(sum))
}

// source gives the address of the n-th source, in 10/8 and far from its neighbours.
func source(n int) uint32 { return 10<<24 | uint32(257+n*251)&0xffffff }
