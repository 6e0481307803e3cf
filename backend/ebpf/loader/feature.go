package loader

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"github.com/cilium/ebpf/features"
	"github.com/recentc/recentc/backend/ebpf"
	"golang.org/x/sys/unix"
)

// FeatureError is something that the running kernel lacks.
type FeatureError struct {
	// Feature is what is missing, Since the first version of Linux that has it.
	Feature, Since string
	// Kernel is the running one.
	Kernel string
}

// Error is one sentence with the feature and the version.
func (e *FeatureError) Error() string {
	return fmt.Sprintf("the running kernel (%s) lacks %s: Linux %s is the first that has it", e.Kernel, e.Feature, e.Since)
}

// ErrNoPermission is the error of a process that may not load BPF programs.
var ErrNoPermission = errors.New("loading BPF programs needs root, or the capabilities CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN")

// errNoTypes is the error of a kernel that does not describe itself.
var errNoTypes = errors.New("the running kernel does not describe its types in /sys/kernel/btf/vmlinux: it must be built with CONFIG_DEBUG_INFO_BTF")

// A feature is something of the kernel that objects need.
type feature struct {
	name, since string
	// probe gives nil where it is there, and an error that wraps
	// cilium.ErrNotSupported where it is not.
	probe func() error
}

// featuresOf are those that an object for one kind of hook needs, the one that
// came with the latest kernel last.
func featuresOf(at ebpf.Attach) []feature {
	all := []feature{{"BPF ring buffers", "5.8", func() error { return features.HaveMapType(cilium.RingBuf) }}}
	switch at {
	case ebpf.Netfilter:
		return append(all, feature{"BPF programs at netfilter hooks (CONFIG_NETFILTER_BPF_LINK)", "6.4", func() error { return features.HaveProgramType(cilium.Netfilter) }})
	case ebpf.XDP:
		return append(all, feature{"access to all of a packet in XDP programs", "6.4", probeFunction("bpf_dynptr_from_xdp")})
	}
	return append(all, feature{"access to all of a packet in tc programs", "6.4", probeFunction("bpf_dynptr_from_skb")})
}

// linksAtTC is the feature by which programs are attached to tc.
const linksAtTC, linksAtTCSince = "BPF links at tc (tcx)", "6.6"

// probeFunction looks for one of the functions that the kernel offers to programs.
func probeFunction(name string) func() error {
	return func() error {
		kernel, err := btf.LoadKernelSpec()
		if err != nil {
			return err
		}
		var f *btf.Func
		if err := kernel.TypeByName(name, &f); errors.Is(err, btf.ErrNotFound) {
			return fmt.Errorf("%s: %w", name, cilium.ErrNotSupported)
		}
		return nil
	}
}

// Supported tells why this machine cannot run objects for a kind of hook, nil if
// it can: the error is a [FeatureError], [ErrNoPermission], or that the kernel
// does not describe its types.
func Supported(at ebpf.Attach) error {
	if _, err := os.Stat("/sys/kernel/btf/vmlinux"); errors.Is(err, fs.ErrNotExist) {
		return errNoTypes
	}
	return lacking(featuresOf(at), release())
}

// lacking gives the error for the last feature that is not there: who gets a kernel
// for it gets the others with it. A probe that fails in another way says nothing: what
// is missing then shows at loading.
func lacking(list []feature, kernel string) error {
	for _, f := range slices.Backward(list) {
		err := f.probe()
		switch {
		case errors.Is(err, cilium.ErrNotSupported):
			return &FeatureError{f.name, f.since, kernel}
		case errors.Is(err, unix.EPERM):
			return ErrNoPermission
		}
	}
	return nil
}

// release is the version of the running kernel.
func release() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "of unknown version"
	}
	name, _, _ := strings.Cut(string(u.Release[:]), "\x00")
	return name
}
