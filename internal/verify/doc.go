// Package verify proves a translation on the running kernel: it loads the original rules with
// iptables-legacy into one throwaway network namespace and the translation into another, sends the same
// packets to both at the same moments, and compares what each let through. Where the kernel has no
// xt_recent, package model stands in for the original, and the report says so.
//
// It stands behind compile and backend/nft and uses package lab for everything that touches the kernel.
// The work goes one way:
//
//	files ──files.go─────▶ rules that can be held against each other, and those left out, with reasons
//	      ──route.go─────▶ how a packet comes to each rule
//	      ──solve.go─────▶ a packet that does (conditions in address.go, header.go, state.go)
//	      ──script.go────▶ what has to be sent before it, so that the lists hold what the rule asks
//	      ──plan.go──────▶ bursts, pauses and random packets on the lab's grid of time
//	      ──measure.go───▶ verdicts and the counters of the original's rules (kernel.go or model.go)
//	      ──blame.go─────▶ the rule of each difference, and the shortest trace that shows it
//
// A rule counts as exercised when the original's own counter says that it matched a packet; nothing is
// concluded from what the packets were meant to do.
package verify
