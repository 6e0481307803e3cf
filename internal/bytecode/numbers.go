package bytecode

// The numbers of linux/netfilter/nf_tables.h, by the expression that they belong to.
// They are written down here, and not taken from a library for Linux, so that what a
// translation means can be said on any system.
const (
	listElem  = 1
	exprName  = 1
	exprData  = 2
	dataValue = 1

	payloadDreg, payloadBase, payloadOffset, payloadLen, payloadSreg = 1, 2, 3, 4, 5
	cmpSreg, cmpOp, cmpData                                          = 1, 2, 3
	bitwiseSreg, bitwiseDreg, bitwiseLen, bitwiseMask, bitwiseXor    = 1, 2, 3, 4, 5
	bitwiseOp, bitwiseData, bitwiseSreg2                             = 6, 7, 8
	rangeSreg, rangeOp, rangeFrom, rangeTo                           = 1, 2, 3, 4
	orderSreg, orderDreg, orderLen, orderSize                        = 1, 2, 4, 5
	immediateDreg, immediateData                                     = 1, 2
	dataVerdict, verdictCode, verdictChain                           = 2, 1, 2
	lookupSet, lookupSreg, lookupDreg, lookupSetID, lookupFlags      = 1, 2, 3, 4, 5
	dynsetSet, dynsetSetID, dynsetOp, dynsetKey, dynsetData          = 1, 2, 3, 4, 5
	dynsetExpr, dynsetFlags, dynsetExprs                             = 7, 9, 10
	numgenDreg, numgenModulus, numgenType, numgenOffset              = 1, 2, 3, 4
)

// The operators of cmp and range.
const (
	Eq uint32 = iota
	Ne
	Lt
	Le
	Gt
	Ge
)

// The headers that payload counts from.
const (
	LinkHeader uint32 = iota
	NetworkHeader
	TransportHeader
)

// register names of the kernel: four of 16 bytes that share their memory with sixteen
// of 4 bytes.
const (
	register128 = 1
	register32  = 8
)
