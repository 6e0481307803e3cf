package compile

// targets are the targets that are translated.
var targets = []*extension{
	acceptTarget, dropTarget, returnTarget,
	dnatTarget, logTarget, markTarget, masqueradeTarget, nflogTarget, redirectTarget, rejectTarget, snatTarget,
}

// unsupportedTargets are targets that iptables has and recentc cannot
// translate, each with its reason.
var unsupportedTargets = []*extension{}
