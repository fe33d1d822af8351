package language

// assignRoles finds out what each name is and fills the name fields.
func assignRoles(rd *reading) {
	items := gatherItems(rd.document)
	items = joinRanges(rd, items)
	expandDashes(rd.document, items)
	for i := range rd.sentences {
		labelSentence(rd, i, items)
	}
	carryHeaders(rd.document, items)
	columns(rd.document, items)
	markAffinity(rd, items)
	markThird(rd, items)
	markDropped(rd, items)
	markRenamed(rd.document, items)
	markCorrected(rd.document, items)
	ordinals(rd.document, items)
	items = resolveShorts(rd, items)
	decide(rd, items)
}
