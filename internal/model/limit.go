package model

import (
	"math"
	"time"

	"github.com/recentc/recentc/compile"
)

const (
	// limitScale is XT_LIMIT_SCALE: iptables gives the kernel a rate as the time between two
	// packets, in parts of a second.
	limitScale  = 10000
	secondsADay = 86400
)

// bucket is the state of one -m limit (struct xt_limit_priv). It fills with time and every packet
// that it lets through costs.
type bucket struct {
	credit, most, cost uint64
	// perTick is what a tick of the clock adds.
	perTick uint64
	// width keeps the sums as wide as the kernel's: a bucket that nobody asked for 37 hours
	// (HZ=250) fills by the rest only.
	width uint64
	last  tick
}

func newLimit(b *builder, l *compile.Limit) test {
	k := b.newBucket(limitScale*l.Rate.Per.Seconds()/l.Rate.Count, l.Burst)
	return func(v *visit) bool { return k.take(v.now) }
}

// newBucket is limit_mt_check: the bucket is full. interval is in parts of limitScale.
func (b *builder) newBucket(interval, burst uint32) *bucket {
	k := &bucket{width: math.MaxUint32}
	if b.clock.ideal {
		k.width, k.perTick = math.MaxUint64, 1
		k.cost = uint64(interval) * uint64(time.Second) / limitScale
		k.most = k.cost * uint64(burst)
	} else {
		perJiffy := creditsPerJiffy(uint32(b.clock.rate))
		k.perTick = uint64(perJiffy)
		k.cost = uint64(credits(interval, perJiffy*uint32(b.clock.rate)))
		k.most = uint64(credits(interval*burst, perJiffy*uint32(b.clock.rate)))
	}
	k.credit = k.most
	return k
}

// creditsPerJiffy is CREDITS_PER_JIFFY: the greatest power of two with which a day has less than
// 2^32 credits.
func creditsPerJiffy(hz uint32) uint32 {
	most := math.MaxUint32 / (hz * secondsADay)
	p := uint32(1)
	for p <= most/2 {
		p *= 2
	}
	return p
}

// credits is user2credits, which divides first where the product would not fit.
func credits(n, perSecond uint32) uint32 {
	if n > math.MaxUint32/perSecond {
		return n / limitScale * perSecond
	}
	return n * perSecond / limitScale
}

// take is limit_mt.
func (k *bucket) take(now tick) bool {
	k.credit += uint64(now-k.last) * k.perTick
	k.credit = min(k.credit&k.width, k.most)
	k.last = now
	if k.credit < k.cost {
		return false
	}
	k.credit -= k.cost
	return true
}
