package ast

import "math"

// piece is a part of a rule's Source, from its byte from up to to. A large file has
// millions of options and values, nearly all of which stand in it as they are: then
// six bytes say what a Word takes forty for.
type piece struct {
	from, to uint16
	kind     pieceKind
}

type pieceKind uint8

const (
	pieceName pieceKind = iota
	pieceNot            // a "!", in front of a name or of a value
	pieceWord
	pieceQuoted // with its quotes
)

// Room is where a rule's options are put to be looked at, so that who goes through
// many rules needs no memory for each. The zero Room is ready to use.
type Room struct {
	options []Option
	words   []Word
}

// Options lists the rule's options as they were written. They lie in room until it is
// used again; nil makes a new one.
func (r *Rule) Options(room *Room) []Option {
	if r.whole != nil {
		return *r.whole
	}
	if room == nil {
		room = &Room{}
	}
	room.options = room.options[:0]
	if room.words = room.words[:0]; cap(room.words) < len(r.pieces) {
		room.words = make([]Word, 0, 2*len(r.pieces)) // options point into it, so it does not grow
	}
	for i, p := range r.pieces {
		switch {
		case p.kind == pieceName:
			room.options = append(room.options, r.option(i))
		case p.kind != pieceNot:
			room.value(r.word(p))
		case r.pieces[i+1].kind != pieceName:
			o := &room.options[len(room.options)-1]
			o.Not, o.NotLate = true, true
		}
	}
	return room.options
}

// option is the option whose name is piece i, without its values.
func (r *Rule) option(i int) Option {
	p := r.pieces[i]
	o := Option{Range: r.rangeOf(p), Name: r.Source[p.from:p.to]}
	if i > 0 && r.pieces[i-1].kind == pieceNot {
		o.Not, o.Start = true, r.rangeOf(r.pieces[i-1]).Start
	}
	return o
}

func (r *Rule) word(p piece) Word {
	w := Word{Text: r.Source[p.from:p.to], Range: r.rangeOf(p), Quoted: p.kind == pieceQuoted}
	if w.Quoted {
		w.Text = w.Text[1 : len(w.Text)-1]
	}
	return w
}

// value adds a word to the last option, whose values are the last words.
func (room *Room) value(w Word) {
	o := &room.options[len(room.options)-1]
	room.words = append(room.words, w)
	n := len(room.words)
	o.Values = room.words[n-len(o.Values)-1 : n : n]
	o.End = w.End
}

func (r *Rule) rangeOf(p piece) Range {
	return Range{Pos{r.Start.Line, r.column + uint32(p.from)}, Pos{r.Start.Line, r.column + uint32(p.to)}}
}

// Store keeps the options of many rules behind each other, a large piece of memory
// at a time. The zero Store is ready to use.
type Store struct{ pieces []piece }

// mostPieces is how many the store makes room for at once. The first time it makes
// room for few, because most files are small.
const mostPieces = 4096

// SetOptions gives a rule, which has its Range and its Source, its options. The list
// may be used again. Column is where Source begins in its line, 0 if it is not a part
// of one.
func (s *Store) SetOptions(r *Rule, list []Option, column int) {
	r.column = uint32(column)
	s.makeRoom(list)
	start := len(s.pieces)
	for i := range list {
		if column == 0 || !s.cut(r, &list[i]) {
			s.pieces = s.pieces[:start]
			r.whole = keep(list)
			return
		}
	}
	r.pieces = s.pieces[start:len(s.pieces):len(s.pieces)]
}

func (s *Store) makeRoom(list []Option) {
	n := 0
	for i := range list {
		n += 2 + len(list[i].Values)
	}
	if cap(s.pieces)-len(s.pieces) < n {
		s.pieces = make([]piece, 0, max(n, min(mostPieces, 2*cap(s.pieces)+16)))
	}
}

func keep(list []Option) *[]Option {
	kept := append([]Option{}, list...)
	for i := range kept {
		kept[i].Values = append([]Word(nil), kept[i].Values...)
	}
	return &kept
}

// cut finds the pieces that an option consists of. It gives up where the text does
// not have them so: a value that is joined to its name or has escaped characters.
func (s *Store) cut(r *Rule, o *Option) bool {
	start, end, want := o.Start, Pos{}, len(s.pieces)+1+len(o.Values)
	if o.Not {
		want++
	}
	if o.Not && !o.NotLate {
		end = s.add(r, pieceNot, Word{Text: "!", Range: Range{start, start.right(1)}})
		start = r.nextWord(end)
	}
	end = s.add(r, pieceName, Word{Text: o.Name, Range: Range{start, start.right(len(o.Name))}})
	if o.NotLate {
		start = r.nextWord(end)
		s.add(r, pieceNot, Word{Text: "!", Range: Range{start, start.right(1)}})
	}
	for i := range o.Values {
		end = s.add(r, pieceWord, o.Values[i])
	}
	return end == o.End && len(s.pieces) == want
}

// right is the place n bytes further in the line.
func (p Pos) right(n int) Pos { return Pos{p.Line, p.Column + uint32(n)} }

// nextWord is the place of the next word behind a place in the rule's text.
func (r *Rule) nextWord(p Pos) Pos {
	for i := int(p.Column) - int(r.column); i >= 0 && i < len(r.Source) && (r.Source[i] == ' ' || r.Source[i] == '\t'); i++ {
		p.Column++
	}
	return p
}

// add adds the piece that a word is, and tells where it ends; the zero Pos if the
// text has not the word at its place.
func (s *Store) add(r *Rule, kind pieceKind, w Word) (end Pos) {
	from, to := int(w.Start.Column)-int(r.column), int(w.End.Column)-int(r.column)
	if w.Start.Line != r.Start.Line || w.End.Line != r.Start.Line || from < 0 || from > to || to > min(len(r.Source), math.MaxUint16) {
		return Pos{}
	}
	text := r.Source[from:to]
	if w.Quoted {
		if len(text) < 2 {
			return Pos{}
		}
		text, kind = text[1:len(text)-1], pieceQuoted
	}
	if text != w.Text {
		return Pos{}
	}
	s.pieces = append(s.pieces, piece{uint16(from), uint16(to), kind})
	return w.End
}
