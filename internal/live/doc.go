// Package live is recentc on a running firewall: it loads translations, takes them
// back, carries the lists of xt_recent over, and reads and changes the lists that
// are loaded.
//
// It works in the network namespace of the calling thread and touches only tables
// that recentc made. What a loaded table holds is read from the comments of its sets
// (see [nft.Role]), so that nothing else is needed to know it.
//
// Rules and whole tables go through nft, as text, in one transaction. Elements go
// to the kernel directly, also in one transaction for all sets: their remaining life is
// set as they are written, and hundreds of thousands take well under a second.
//
// BPF programs (the files named programs) are the business of package
// backend/ebpf/loader. Here is what they have in common with tables: the watcher, the
// lock, xt_recent's lists, and what is shown.
package live
