package blockkit

// Limits as published, or as measured where Slack publishes none.
const (
	MessageBlocks      = 50
	MessageAttachments = 100
	// MessageText is where chat.postMessage truncates; UpdateText is where
	// chat.update answers msg_too_long.
	MessageText = 40_000
	UpdateText  = 4_000
	// BlockText bounds the sum of all texts in one message's blocks. Slack
	// does not publish it; 11,341 is the smallest sum seen refused
	// (bolt-js issues 2509 and 2867).
	BlockText    = 11_340
	MarkdownText = 12_000

	ViewBlocks      = 100
	ViewBytes       = 250 * 1024
	ViewTitle       = 24
	PrivateMetadata = 3000
	Identifier      = 255 // callback_id, external_id, block_id, action_id

	SectionText   = 3000
	SectionFields = 10
	FieldText     = 2000
	HeaderText    = 150

	ActionsElements        = 25
	ContextElements        = 10
	ContextActionsElements = 5

	ButtonText  = 75
	ButtonValue = 2000
	URL         = 3000

	// OptionValue is 75 in the Node types and 150 in the Python SDK; the
	// smaller is safe under both.
	OptionText     = 75
	OptionValue    = 75
	SelectOptions  = 100
	OverflowItems  = 5
	ChoiceOptions  = 10 // radio buttons, checkboxes
	Placeholder    = 150
	InputLabel     = 2000
	InputText      = 3000
	FilesPerInput  = 10
	ConfirmTitle   = 100
	ConfirmText    = 300
	ConfirmButton  = 30
	ImageText      = 2000 // alt_text, title
	TableRows      = 100
	TableCells     = 20
	MetadataBytes  = 8 * 1024
	FileTypes      = 50
	maxDepth       = 24
	maxInput       = 1 << 20
	maxProblems    = 100
	maxRichElement = 1000
)
