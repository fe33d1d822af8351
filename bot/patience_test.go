package bot

import "time"

// A machine that is busy with other tests must not fail these.
func init() { handleWithin = 10 * time.Second }
