package compile

var dstMatch = optionHeader("dst")
