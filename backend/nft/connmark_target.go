package nft

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/recentc/recentc/compile"
)

const (
	packetMark = "meta mark"
	connMark   = "ct mark"
)

func (t *translator) setConnMark(m *compile.SetConnMark) end {
	switch {
	case m.Op == compile.ChangeConnMark:
		return setTo(connMark, shifted(markChange(connMark, m.Change), connMark, m.Shift))
	case m.Op == compile.SaveMark && m.ConnMask == ^uint32(0):
		return setTo(connMark, shifted(maskedMark(packetMark, m.PacketMask), packetMark, m.Shift))
	case m.Op == compile.RestoreMark && m.PacketMask == ^uint32(0):
		return setTo(packetMark, shifted(maskedMark(connMark, m.ConnMask), connMark, m.Shift))
	}
	return end{stmts: []stmt{jumpTo(t.copyMark(m).name)}}
}

// setTo is the end that gives a mark its new value, if it has one.
func setTo(mark, value string) end {
	if value == "" {
		return end{}
	}
	return afterwards(act(mark + " set " + value))
}

func maskedMark(mark string, mask uint32) string {
	switch mask {
	case 0:
		return "0x0"
	case ^uint32(0):
		return mark
	}
	return mark + " & " + hex(mask)
}

// shifted moves a value to the left, or to the right if by is less than 0. An
// empty value is the mark itself; a number is moved here, because nft does not.
func shifted(value, mark string, by int) string {
	if by == 0 {
		return value
	}
	if number, err := strconv.ParseUint(value, 0, 32); err == nil {
		return hex(uint32(number) << max(by, 0) >> max(-by, 0))
	}
	if value == "" {
		value = mark
	}
	if strings.ContainsAny(value, "&|^") {
		value = "(" + value + ")"
	}
	if by < 0 {
		return fmt.Sprintf("%s >> %d", value, -by)
	}
	return fmt.Sprintf("%s << %d", value, by)
}

// copyMark makes a chain that copies a part of one mark to a part of the other.
// nft 1.0.6 cannot combine two marks, so it goes bit by bit.
func (t *translator) copyMark(m *compile.SetConnMark) *chain {
	shift := ""
	if m.Shift != 0 {
		shift = fmt.Sprintf(", shifted by %d bits to the left,", m.Shift)
	}
	if m.Op == compile.SaveMark {
		about := fmt.Sprintf("copies the bits %s of the packet's mark%s to those in %s of the connection's", hex(m.PacketMask), shift, hex(m.ConnMask))
		return t.sharedChain("save_mark", about, saveBits(m)...)
	}
	about := fmt.Sprintf("copies the bits %s of the connection's mark%s to those in %s of the packet's", hex(m.ConnMask), shift, hex(m.PacketMask))
	return t.sharedChain("restore_mark", about, restoreBits(m)...)
}

// bitMoves pairs the bits that are copied with where they go, and tells which
// bits of the target nothing is copied to.
func bitMoves(from, to uint32, shift int) (moves [][2]uint32, rest uint32) {
	for i := range 32 {
		if j := i + shift; from&(1<<i) != 0 && j >= 0 && j < 32 {
			moves = append(moves, [2]uint32{1 << i, 1 << j})
			to &^= 1 << j
		}
	}
	return moves, to
}

// saveBits writes each bit as it is to be, not to 0 first: other packets of the
// connection read the mark at the same time.
func saveBits(m *compile.SetConnMark) (rules [][]stmt) {
	moves, rest := bitMoves(m.PacketMask, m.ConnMask, m.Shift)
	if rest != 0 {
		rules = append(rules, []stmt{act(connMark + " set " + maskedMark(connMark, ^rest))})
	}
	for _, b := range moves {
		on := test(packetMark + " & " + hex(b[0]) + " == " + hex(b[0]))
		if m.ConnMask&b[1] == 0 {
			rules = append(rules, []stmt{on, act(fmt.Sprintf("ct mark set ct mark ^ %#x", b[1]))})
			continue
		}
		off := test(packetMark + " & " + hex(b[0]) + " == 0x0")
		rules = append(rules, []stmt{on, act(fmt.Sprintf("ct mark set ct mark | %#x", b[1]))},
			[]stmt{off, act(fmt.Sprintf("ct mark set ct mark & %#x", ^b[1]))})
	}
	return rules
}

// restoreBits leaves the packet's mark alone where there is no connection.
func restoreBits(m *compile.SetConnMark) [][]stmt {
	rules := [][]stmt{{test("ct state invalid,untracked"), decide("return")}}
	if m.PacketMask != 0 {
		rules = append(rules, []stmt{act(packetMark + " set " + maskedMark(packetMark, ^m.PacketMask))})
	}
	moves, _ := bitMoves(m.ConnMask, m.PacketMask, m.Shift)
	for _, b := range moves {
		rules = append(rules, []stmt{
			test(connMark + " & " + hex(b[0]) + " == " + hex(b[0])),
			act(packetMark + " set " + packetMark + " ^ " + hex(b[1])),
		})
	}
	return rules
}
