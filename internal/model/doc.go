// Package model decides packets as the kernel would, without one: it runs a compiled Program packet
// by packet against a clock that the caller gives. What it says of -m recent is exactly what
// xt_recent does, so that it can stand in for the kernel where there is no root, and for a second
// opinion where there is.
//
// It stands beside the backends: compile makes the Programs, and nothing of what the backends make
// of them is known here.
//
//	m, err := model.New(programs, model.Options{})
//	...
//	v, err := m.Step(1300*time.Millisecond, model.Incoming, model.Packet{Src: a, Dst: b, Protocol: 17, TTL: 64})
//	if v.Outcome == model.Dropped { ... v.Rules ... }
//
// # What is exact
//
// An -m recent is one operation here, as it is in the kernel. The steps that compile makes of it tell
// what it means to a backend, but its --reap, the TTL it stores and the order of eviction belong to
// the whole match, which the steps name as their Origin. Every packet is decided alone and at once:
// the model has one CPU and enough memory.
//
// # What is not there
//
// Rules that ask for something the model has no notion of (routes, sets of ipset, the time of day,
// chance) are refused by [New], all of them by name; see [Unknown]. Packets that the kernel makes
// itself, such as the answer of a REJECT, are not made: a trace that wants them has to hold them.
// Connections are not tracked: a packet says itself what state its connection is in.
//
// # How far it is proved
//
// Comments name the functions of the kernel that they speak of. The tests compare the model with the
// running kernel where they may (Linux 6.18 when it was written): random rule sets at all hooks, full
// lists, every condition that the lab has packets for, the meters, what is written to /proc, the edge
// of a window and the longest ring. What no packet of the lab reaches follows the kernel's source
// alone: the 32 bits of -m limit after 37 hours, the TOS, DSCP, ECN and TTL targets, states of
// connections other than NEW, INVALID and UNTRACKED, and clocks other than 250 Hz.
package model
