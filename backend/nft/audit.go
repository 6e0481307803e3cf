package nft

var auditEnd = afterwards(act("log level audit"))
