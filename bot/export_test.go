package bot

import "time"

// SetFileTime says how long one try to read files may take, before b runs.
func (b *Bot) SetFileTime(d time.Duration) { b.files.time = d }
