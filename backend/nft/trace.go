package nft

var traceEnd = afterwards(act("meta nftrace set 1"))
