// Package lab sends the same packets through several firewalls at the same moments and reports
// which of them each firewall accepted. It exists to prove a translation: the original rules run
// on the kernel's own xt_recent, the translation stands beside them, and every verdict that
// differs is a bug with a packet attached.
//
// A [Lab] builds, for each [Candidate], a network namespace that holds only the candidate's rules.
// One more namespace, the outside, sends the packets in and swallows what comes out. All of them
// are anonymous: they are held by file descriptors and have no name, so they and their links end
// with the process however it ends. Nothing is ever loaded into the namespace of the caller, and
// labs in the same or in other processes do not see each other.
//
//	l, err := lab.New(lab.Config{Hook: lab.Input, Candidates: []lab.Candidate{
//		lab.Legacy("xt_recent", rules, ""),
//		lab.NFT("nft", script),
//	}})
//	...
//	defer l.Close()
//	result, err := l.RunOnTime(ctx, 3, trace)
//	if d := result.Diff("xt_recent", "nft"); len(d) > 0 {
//		fmt.Print(d)
//	}
//
// # Why a verdict can be trusted
//
// A packet counts as accepted when it reaches the far end of the hook under test: an nftables
// chain behind every priority that iptables registers logs it, and the lab reads the log. After
// each tick a fence, a packet that the candidate never gets to see, takes the same queue; when the
// fence is in the log every packet before it has been decided, so "not in the log" means dropped
// and not "not yet". A lost log message is an error. And a control namespace without rules gets the
// same packets: a packet that even the control does not let through is an error in the trace (an
// unroutable address, say), not an agreement between two candidates that both never saw it.
//
// # Time
//
// Packets are sent in ticks of [Grid]. What decides about a packet in xt_recent are the ages of
// earlier packets, and these are multiples of Grid, off by at most [MaxLate] in a run that is on
// time and by a clock tick of the kernel. See [NearEdge] and [SafeWindow] for the windows in which
// no age comes near the edge, where two correct implementations may differ.
package lab
