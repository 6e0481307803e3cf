// Package ipset reads what `ipset save` writes and `ipset restore` takes: the
// sets that -m set and -j SET name.
//
// It stands beside grammar, in front of compile: text in, sets out, as they would
// stand in the kernel after the last line, with every bad line reported at its
// place. It knows neither rules nor backends. What a line means is read from
// ipset(8) and was tried with ipset 7.17.
package ipset
