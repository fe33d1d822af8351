package bot

// Config is what the adapter needs to know of the workspace.
type Config struct {
	APIURL         string // "" is Slack's own; ends in "/"
	BotToken       string
	AppToken       string // for Socket Mode
	SigningSecret  string // for the HTTP door
	Connections    int    // of Socket Mode; 0 is 2, so that one is up while the other reconnects
	ChannelLang    string // language of cards in channels
	Operators      string // channel that hears of effects that were given up
	SupportChannel string // where taught causes are reviewed; "" is Operators
	Command        string // the slash command; "" is /cert
}
