package support

// Lessons are the causes that members of the support group teach, and review. It is safe
// for concurrent use.
type Lessons struct{ *Service }
