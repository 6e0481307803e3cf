// Package bytecode says what nf_tables does with a packet, in a form that can be
// compared: what the kernel has loaded, and what a translation means.
//
// nft is a compiler of its own. It merges tests, adds tests, changes their order, and
// does so otherwise in each version; its text can read right where its expressions are
// wrong. So a rule is read back from the kernel as expressions (Parse), and its effect
// is written down as a list of facts (Facts): each byte that is compared, in which
// order what has a state or an effect is reached, and the verdict. Two rules with the
// same facts treat every packet alike.
//
// The package knows neither nft's text nor how a translation is made.
package bytecode
