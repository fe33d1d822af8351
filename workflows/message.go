package workflows

import (
	"io"
)

// File is something that a person sent. Src is read anywhere; without one, Data is it.
type File struct {
	Name    string
	Data    []byte
	Src     io.ReaderAt
	Size    int64
	Problem string // why it could not be had, one of those below; then nothing else is set
}

// Why a file could not be had.
const (
	FileTooBig = "too_big"
	FileGone   = "gone"     // deleted before it was read
	FileHidden = "hidden"   // Slack's plan does not show it any more
	FileUnseen = "unseen"   // the bot is not where it is shared
	FileLink   = "external" // it is kept elsewhere, and Slack has a link to it only
	FileCanvas = "canvas"   // it is written in Slack, and no file
)

// Message is something that a person wrote where the bot listens.
type Message struct {
	Receipt Receipt
	By      Person
	Place   Place // where an answer belongs: a direct message or a thread
	Lang    string
	Text    string
	Link    string // to the message that somebody asked about; "" of what they wrote themselves
	More    int    // files that came with it beyond those that are read
	Direct  bool   // said to the bot: a mention or a direct message, not just in a thread it is in
	Label   func(field, option string) string
}
