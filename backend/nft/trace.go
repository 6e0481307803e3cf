package nft

var traceEnd = afterwards(act("meta nftrace set 1", func(c *coder) { c.setMeta(metaNftrace, []byte{1}) }))
