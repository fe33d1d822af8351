package language

// reading is a document with what the stages before have read out of it.
type reading struct {
	*document
	u *Understanding

	given      string // product spoken of before
	family     string // product as far as known: also expressway, expressway-both
	unresolved int    // short names of boxes without a domain
}
