package slacksim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Workspace is what a simulated Slack workspace holds when it starts. Names
// given as handles ("ella") are those of People; the app's own is App.Handle.
type Workspace struct {
	Team       Team
	People     []Person
	Channels   []Channel
	UserGroups []UserGroup
	App        App
	Lacks      []string // kinds of blocks and methods of the Web API that Slack has not brought here yet
}

// Team is a workspace, this one or that of a Slack Connect guest. Org is the Enterprise
// Grid organisation (E...) that it belongs to; an organisation is its own.
type Team struct {
	ID, Name, Domain string
	Org              string
}

// Person is someone who can act in the workspace.
type Person struct {
	Handle      string // names the person in tests and after @; unique
	ID          string // default U0 and the handle in capitals
	RealName    string // default the handle, capitalised
	DisplayName string
	Email       string // default handle@domain
	Title       string
	Locale      string // as users.info gives it: en-US, zh-CN, zh-TW; default en-US
	TZ          string // IANA name, default Etc/UTC
	Team        Team   // zero for this workspace; another for a Slack Connect guest; on Grid the person's home workspace, or the organisation
	Teams       []Team // on Grid: the workspaces of the organisation that the person is in; nil: none but Team
	Guest       bool   // is_restricted: a guest account of this workspace
	Bot         bool   // some other app's bot user
	Deleted     bool   // deactivated
	Admin       bool
}

// Channel is a public or private channel, or a direct message that is not the app's own:
// of several people, or between two. Members are handles; nobody named means everybody of
// this workspace and the app.
type Channel struct {
	Name    string
	ID      string // default C0 and the name in capitals
	Topic   string
	Private bool
	Host    Team // of a shared channel: the other organisation's workspace that it belongs to; zero: this one
	Group   bool // a direct message of several people, in which the app may be
	Direct  bool // a direct message between others; its ID begins with D
	Members []string

	Archived   bool
	Restricted bool // only administrators post
}

// UserGroup is a Slack user group (a paid feature in Slack).
type UserGroup struct {
	ID, Handle, Name string
	Members          []string // handles
}

// App is the Slack app under test, as its manifest and its settings page
// would describe it. Empty tokens and secrets are made up at start.
type App struct {
	ID, Name, Handle  string
	BotID, BotUserID  string
	BotToken          string // xoxb-
	AppToken          string // xapp-
	SigningSecret     string
	VerificationToken string
	BotScopes         []string
	AppScopes         []string // of the app-level token
	Commands          []Command
	Shortcuts         []Shortcut
	Events            []string // bot events subscribed to, such as message.im
	OrgWide           bool     // installed in the whole organisation: the token speaks for all its workspaces
	Interactivity     bool
	HomeTab           bool
	MessagesTab       bool
	UnfurlDomains     []string    // of whose links it is told
	Functions         []Function  // steps for workflows
	AgentView         bool        // an agent, in its Messages tab
	AssistantView     bool        // the same in the older kind of chats
	URLs              RequestURLs // of the manifest, for [Sim.UseHTTP] once the app is up; zero in Socket Mode
}

// Command is a slash command.
type Command struct {
	Name        string `yaml:"command"` // with the slash
	Description string `yaml:"description"`
	UsageHint   string `yaml:"usage_hint"`
	Escape      bool   `yaml:"should_escape"` // deliver typed users and channels as <@U1|ella>
}

// Shortcut is a global or message shortcut.
type Shortcut struct {
	CallbackID  string
	Name        string
	Description string
	OnMessage   bool
}

// Default is a pleasant small company with one app: an engineer, three
// approvers' colleagues in two languages, support, a Slack Connect guest and
// somebody else's bot.
func Default() Workspace {
	partner := Team{ID: "T0PARTNER", Name: "Partner GmbH", Domain: "partner"}
	return Workspace{
		Team: Team{ID: "T0ACME", Name: "Acme Voice", Domain: "acme-voice"},
		People: []Person{
			{Handle: "ella", RealName: "Ella Brandt", Title: "Collaboration engineer", TZ: "Europe/Berlin"},
			{Handle: "anselm", RealName: "Anselm Okafor", Title: "PKI approver", TZ: "Europe/London"},
			{Handle: "bolin", RealName: "Bo Lin 林波", DisplayName: "Bo Lin", Title: "PKI approver", Locale: "zh-CN", TZ: "Asia/Shanghai"},
			{Handle: "sam", RealName: "Sam Tsai 蔡善明", DisplayName: "Sam", Title: "Support", Locale: "zh-TW", TZ: "Asia/Taipei"},
			{Handle: "gil", RealName: "Gil Moreau", Title: "Partner engineer", Team: partner},
			{Handle: "buildbot", RealName: "Build Bot", Bot: true},
		},
		Channels: []Channel{
			{Name: "certificates", Topic: "Ask for certificates here"},
			{Name: "cert-approvals", Topic: "Approvers decide here", Members: []string{"anselm", "bolin", "countersign"}},
			{Name: "support", Topic: "Paste the error, get the cause"},
			{Name: "partner-project", Topic: "Shared with Partner GmbH", Members: []string{"ella", "sam", "gil", "countersign"}},
		},
		UserGroups: []UserGroup{{Handle: "pki-approvers", Name: "PKI approvers", Members: []string{"anselm", "bolin"}}},
		App:        DefaultApp(),
	}
}

// DefaultApp is an app with the scopes, events and commands that a bot of
// this kind declares; Manifest replaces them with those of a manifest file.
func DefaultApp() App {
	return App{
		ID: "A0COUNTERSIGN", Name: "Countersign", Handle: "countersign",
		BotScopes: []string{"app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands",
			"files:read", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write",
			"reactions:read", "reactions:write", "team:read", "usergroups:read", "users:read", "users:read.email"},
		AppScopes: []string{"connections:write"},
		Commands:  []Command{{Name: "/cert", Description: "Certificates: new, list, show, renew, diagnose, inspect", UsageHint: "help"}},
		Shortcuts: []Shortcut{
			{CallbackID: "new_request", Name: "Request a certificate"},
			{CallbackID: "diagnose_message", Name: "Diagnose this message", OnMessage: true},
		},
		Events: []string{"app_home_opened", "app_mention", "message.channels", "message.groups", "message.im",
			"file_shared", "app_uninstalled", "tokens_revoked"},
		Interactivity: true, HomeTab: true, MessagesTab: true,
	}
}

// complete fills what was left empty and checks that names are unique.
func (w *Workspace) complete() error {
	if w.Team.ID == "" {
		w.Team = Team{ID: "T0SIM", Name: "Simulated", Domain: "simulated"}
	}
	seen := map[string]bool{}
	for i := range w.People {
		p := &w.People[i]
		if p.Handle == "" || seen[p.Handle] {
			return fmt.Errorf("person %d: handle %q is empty or taken", i, p.Handle)
		}
		seen[p.Handle] = true
		p.complete(w.Team)
	}
	w.App.complete()
	if seen[w.App.Handle] {
		return fmt.Errorf("app handle %q is a person's", w.App.Handle)
	}
	for i := range w.Channels {
		ch := &w.Channels[i]
		ch.Name = strings.TrimPrefix(ch.Name, "#")
		if ch.Name == "" {
			return fmt.Errorf("channel %d has no name", i)
		}
		first := "C0"
		if ch.Direct {
			first = "D0"
		}
		ch.ID = cmp.Or(ch.ID, first+capitals(ch.Name))
	}
	for i := range w.UserGroups {
		g := &w.UserGroups[i]
		g.ID = cmp.Or(g.ID, "S0"+capitals(g.Handle))
		g.Name = cmp.Or(g.Name, g.Handle)
	}
	return nil
}

// in is true for members of a workspace.
func (p *Person) in(team Team) bool { return p.Team.ID == team.ID || slices.Contains(p.Teams, team) }

// strangerTo is true for who is neither of a workspace nor of its organisation.
func (p *Person) strangerTo(team Team) bool {
	return !p.in(team) && (team.Org == "" || p.Team.Org != team.Org)
}

func (p *Person) complete(home Team) {
	if p.Team.ID == "" {
		p.Team = home
	}
	p.ID = cmp.Or(p.ID, "U0"+capitals(p.Handle))
	p.RealName = cmp.Or(p.RealName, strings.ToUpper(p.Handle[:1])+p.Handle[1:])
	p.DisplayName = cmp.Or(p.DisplayName, strings.Fields(p.RealName)[0])
	p.Locale = cmp.Or(p.Locale, "en-US")
	p.TZ = cmp.Or(p.TZ, "Etc/UTC")
	if !p.Bot {
		p.Email = cmp.Or(p.Email, p.Handle+"@"+p.Team.Domain+".example")
	}
}

func (a *App) complete() {
	a.ID = cmp.Or(a.ID, "A0SIM")
	a.Name = cmp.Or(a.Name, "App")
	a.Handle = cmp.Or(a.Handle, strings.ToLower(capitals(a.Name)))
	a.BotID = cmp.Or(a.BotID, "B0"+capitals(a.Handle))
	a.BotUserID = cmp.Or(a.BotUserID, "U0"+capitals(a.Handle))
	a.BotToken = cmp.Or(a.BotToken, "xoxb-"+random(16))
	a.AppToken = cmp.Or(a.AppToken, "xapp-1-"+a.ID+"-"+random(16))
	a.SigningSecret = cmp.Or(a.SigningSecret, random(16))
	a.VerificationToken = cmp.Or(a.VerificationToken, random(12))
	if a.AppScopes == nil {
		a.AppScopes = []string{"connections:write"}
	}
}
