package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

const (
	packetMark = "meta mark"
	connMark   = "ct mark"
)

func (t *translator) setConnMark(m *compile.SetConnMark) end {
	switch {
	case m.Op == compile.ChangeConnMark:
		return setTo(ctMarkField, changed(ctMarkField, m.Change).shifted(m.Shift))
	case m.Op == compile.SaveMark && m.ConnMask == ^uint32(0):
		return setTo(ctMarkField, maskedMark(metaMarkField, m.PacketMask).shifted(m.Shift))
	case m.Op == compile.RestoreMark && m.PacketMask == ^uint32(0):
		return setTo(metaMarkField, maskedMark(ctMarkField, m.ConnMask).shifted(m.Shift))
	}
	return end{stmts: []stmt{jumpTo(t.copyMark(m).name)}}
}

// setTo is the end that gives a mark its new value, if it has one.
func setTo(mark *field, v newMark) end {
	if v.text == "" {
		return end{}
	}
	return afterwards(setMarkTo(mark, v))
}

func maskedMark(mark *field, mask uint32) newMark {
	return newMark{mark: mark, text: maskedMarkText(mark.name, mask), keep: mask}
}

func maskedMarkText(mark string, mask uint32) string {
	switch mask {
	case 0:
		return "0x0"
	case ^uint32(0):
		return mark
	}
	return mark + " & " + hex(mask)
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
		rules = append(rules, []stmt{setMarkTo(ctMarkField, maskedMark(ctMarkField, ^rest))})
	}
	for _, b := range moves {
		on := bitsTest(metaMarkField, b[0], false, b[0])
		if m.ConnMask&b[1] == 0 {
			rules = append(rules, []stmt{on, setMarkTo(ctMarkField, newMark{ctMarkField, fmt.Sprintf("ct mark ^ %#x", b[1]), ^uint32(0), b[1], 0})})
			continue
		}
		off := under(metaMarkField.masked(hex(b[0]), numberBytes(uint64(b[0]), 4)), false, named("0x0", 0))
		rules = append(rules, []stmt{on, setMarkTo(ctMarkField, newMark{ctMarkField, fmt.Sprintf("ct mark | %#x", b[1]), ^b[1], b[1], 0})},
			[]stmt{off, setMarkTo(ctMarkField, newMark{ctMarkField, fmt.Sprintf("ct mark & %#x", ^b[1]), ^b[1], 0, 0})})
	}
	return rules
}

// restoreBits leaves the packet's mark alone where there is no connection.
func restoreBits(m *compile.SetConnMark) [][]stmt {
	rules := [][]stmt{{ctState(compile.CtInvalid | compile.CtUntracked), returns}}
	if m.PacketMask != 0 {
		rules = append(rules, []stmt{setMarkTo(metaMarkField, maskedMark(metaMarkField, ^m.PacketMask))})
	}
	moves, _ := bitMoves(m.ConnMask, m.PacketMask, m.Shift)
	for _, b := range moves {
		rules = append(rules, []stmt{
			bitsTest(ctMarkField, b[0], false, b[0]),
			setMarkTo(metaMarkField, newMark{metaMarkField, packetMark + " ^ " + hex(b[1]), ^uint32(0), b[1], 0}),
		})
	}
	return rules
}
