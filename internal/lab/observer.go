package lab

import (
	"errors"
	"fmt"
	"time"

	"github.com/mdlayher/netlink"
)

// observerTable is the lab's own table in every candidate's namespace.
const observerTable = "recentc_lab"

// logGroup is the NFLOG group of the observer; unlikely to be one that a rule file uses.
const logGroup = 7707

// fencePatience bounds the wait for a fence, which normally takes microseconds.
const fencePatience = 2 * time.Second

// An observer reports which packets came through the hook of one candidate.
type observer struct{ log *nflog }

// observe opens the log and puts the observer's table into ns.
func observe(ns *Namespace, h Hook) (*observer, error) {
	log, err := openNFLog(ns, logGroup)
	if err != nil {
		return nil, err
	}
	if _, err := ns.Run(observerScript(h), "nft", "-f", "-"); err != nil {
		return nil, errors.Join(fmt.Errorf("observer: %w", err), log.close())
	}
	return &observer{log}, nil
}

// observerScript logs fences before anything else sees them and packets after everything else has.
// iptables registers from -450 (raw, before defragmentation) to 300.
func observerScript(h Hook) string {
	first, last := "prerouting", "postrouting"
	switch h {
	case Input:
		last = "input"
	case Output:
		first = "output"
	}
	log := fmt.Sprintf("log group %d snaplen %d queue-threshold 1", logGroup, snapLen)
	return fmt.Sprintf(`table inet %s {
	chain fence {
		type filter hook %s priority -500; policy accept;
		meta l4proto %d %s drop
	}
	chain passed {
		type filter hook %s priority 400; policy accept;
		%s
	}
}
`, observerTable, first, fenceProtocol, log, last, log)
}

// snapLen covers the longest headers, IPv6 with extensions and TCP with options, and the tag.
const snapLen = 512

// until reports the sequence numbers and marks of packets that came through, up to the fence. An error means
// that the report may have gaps.
func (o *observer) until(fence uint32, passed func(seq, mark uint32)) error {
	deadline := time.Now().Add(fencePatience)
	for {
		messages, err := o.log.receive(deadline)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if isFence(m, fence, passed) {
				return nil
			}
		}
	}
}

// isFence reports a packet to passed and the fence to its caller.
func isFence(m netlink.Message, fence uint32, passed func(seq, mark uint32)) bool {
	packet, mark := loggedPacket(m)
	proto, seq, ok := decode(packet)
	if !ok {
		return false
	}
	if proto == fenceProtocol {
		return seq == fence
	}
	passed(seq, mark)
	return false
}

func (o *observer) close() error { return o.log.close() }
