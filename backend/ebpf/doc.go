// Package ebpf is where the second backend will stand: a Program to an ELF object
// for kernels without xt_recent. Nothing of it is written yet, and the command
// says so when it is asked for it.
package ebpf
