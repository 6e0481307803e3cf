package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/lab"
)

// Options say what is verified, and how.
type Options struct {
	Compile compile.Options
	// IPSets is what `ipset restore` makes the sets of Compile.Sets of, for the
	// original; empty for none.
	IPSets  string
	Backend Backend
	// Against is what the rules themselves run on, [Kernel] or [Model]; see [Against.Resolve].
	Against Against
	// Why tells why the model stands in for the kernel.
	Why string
	// Seconds is for how long packets are sent; at least 1.
	Seconds int
	// Seed makes the packets: the same seed gives the same ones.
	Seed uint64
}

// InputError is what is wrong with the rules, so that nothing could be verified.
type InputError struct{ Diags diag.List }

// Error names the first message.
func (e *InputError) Error() string {
	for _, d := range e.Diags {
		if d.Severity == diag.Error {
			return fmt.Sprintf("%s: %s", diag.Place(d.File, d.Range), d.Summary)
		}
	}
	return "the rules are wrong"
}

// CandidateError is what nft says about an nft script of the user's own where it does not load.
type CandidateError struct{ err error }

// Error is nft's message.
func (e *CandidateError) Error() string { return e.err.Error() }

// Unwrap gives the error of the lab.
func (e *CandidateError) Unwrap() error { return e.err }

// Run verifies the rules of the files and takes about Options.Seconds, and as much again for what differs.
// The machine must be able to do what o.Against asks for. The error is an *InputError if the rules are at fault, and otherwise
// something of the machine; differences are no error.
func Run(ctx context.Context, files []*ast.File, o Options) (*Report, error) {
	b, err := prepare(files, o)
	if err != nil {
		return nil, err
	}
	if err := b.firewall.check(); err != nil {
		return nil, err
	}
	runs := b.runs()
	var all sync.WaitGroup
	for _, r := range runs {
		all.Go(func() { r.err = r.verify(ctx) })
	}
	all.Wait()
	for _, r := range runs {
		if r.err != nil {
			return nil, fmt.Errorf("%v: %w", r.cfg.Hook, r.err)
		}
	}
	return b.report(runs), nil
}

// A run is one lab: a hook, and the device that packets leave by.
type run struct {
	*bench
	cfg    lab.Config
	sites  []*site
	plan   *plan
	result lab.Result
	late   bool
	counts counters
	found  []*finding
	err    error
}

// The names of the two sides.
const (
	original    = "original"
	translation = "translation"
)

// verify plans, sends, and looks into the differences.
func (r *run) verify(ctx context.Context) error {
	rng := rand.New(rand.NewPCG(r.Seed, uint64(r.cfg.Hook)<<8+uint64(len(r.cfg.Out))))
	r.plan = makePlan(rng, r.sites, ticksIn(r.Seconds))
	if err := r.dropUnreachable(ctx); err != nil {
		return err
	}
	if r.Against == Model {
		r.plan.without(answered())
	}
	m, err := r.measure(ctx, r.plan.trace)
	if err != nil {
		return err
	}
	r.result, r.counts, r.late = m.result, m.counts, m.late
	return r.investigate(ctx)
}

func ticksIn(seconds int) int {
	return max(8, int(time.Duration(seconds)*time.Second/lab.Grid))
}
