package nft

import "github.com/recentc/recentc/internal/bytecode"

var auditEnd = afterwards(act("log level audit", expression("log", bytecode.N(5, 8))))
