package slacksim

// methods is what the workspace models of the Web API; the rest is
// unknown_method. Scopes and tiers follow docs.slack.dev/reference/methods.
var methods = map[string]method{
	"api.test":              {token: noToken, run: apiTest},
	"auth.test":             {token: botToken, any: true, tier: specialTier, run: authTest},
	"auth.teams.list":       {token: botToken, tier: 2, run: authTeamsList},
	"apps.connections.open": {token: appToken, scopes: []string{"connections:write"}, tier: 3, run: connectionsOpen},
	"bots.info":             {token: botToken, scopes: []string{"users:read"}, tier: 3, run: botsInfo},
	"team.info":             {token: botToken, scopes: []string{"team:read"}, tier: 3, run: teamInfo},

	"users.info":          {token: botToken, scopes: []string{"users:read"}, tier: 4, run: usersInfo},
	"users.list":          {token: botToken, scopes: []string{"users:read"}, tier: 2, run: usersList},
	"users.lookupByEmail": {token: botToken, scopes: []string{"users:read.email"}, tier: 3, run: usersLookup},
	"users.conversations": {token: botToken, scopes: readScopes, tier: 3, run: usersConversations},
	"users.getPresence":   {token: botToken, scopes: []string{"users:read"}, tier: 3, run: usersPresence},

	"usergroups.list":       {token: botToken, scopes: []string{"usergroups:read"}, tier: 2, run: usergroupsList},
	"usergroups.users.list": {token: botToken, scopes: []string{"usergroups:read"}, tier: 2, run: usergroupsUsers},

	"conversations.open":    {token: botToken, scopes: []string{"im:write", "mpim:write"}, tier: 3, run: conversationsOpen},
	"conversations.close":   {token: botToken, scopes: []string{"im:write", "mpim:write"}, tier: 2, run: conversationsClose},
	"conversations.info":    {token: botToken, scopes: readScopes, tier: 3, run: conversationsInfo},
	"conversations.list":    {token: botToken, scopes: readScopes, tier: 2, run: conversationsList},
	"conversations.members": {token: botToken, scopes: readScopes, tier: 4, run: conversationsMembers},
	"conversations.history": {token: botToken, scopes: historyScopes, tier: 3, run: conversationsHistory},
	"conversations.replies": {token: botToken, scopes: historyScopes, tier: 3, run: conversationsReplies},
	"conversations.join":    {token: botToken, scopes: []string{"channels:join"}, tier: 3, run: conversationsJoin},
	"conversations.leave":   {token: botToken, scopes: []string{"channels:manage", "channels:write", "groups:write"}, tier: 3, run: conversationsLeave},

	"chat.postMessage":   {token: botToken, scopes: []string{"chat:write"}, tier: specialTier, run: chatPost},
	"chat.postEphemeral": {token: botToken, scopes: []string{"chat:write"}, tier: 4, run: chatEphemeral},
	"chat.update":        {token: botToken, scopes: []string{"chat:write"}, tier: 3, run: chatUpdate},
	"chat.delete":        {token: botToken, scopes: []string{"chat:write"}, tier: 3, run: chatDelete},
	"chat.getPermalink":  {token: botToken, tier: specialTier, run: chatPermalink},

	"assistant.threads.setStatus":           {token: botToken, scopes: []string{"assistant:write", "chat:write"}, tier: specialTier, run: assistantStatus},
	"assistant.threads.setSuggestedPrompts": {token: botToken, scopes: []string{"assistant:write"}, tier: 4, run: assistantPrompts},
	"assistant.threads.setTitle":            {token: botToken, scopes: []string{"assistant:write"}, tier: 4, run: assistantTitle},

	"chat.unfurl": {token: botToken, scopes: []string{"links:write"}, tier: 3, run: chatUnfurl},

	"functions.completeSuccess": {token: botToken, tier: 3, run: functionSuccess},
	"functions.completeError":   {token: botToken, tier: 3, run: functionError},

	"views.open":    {token: botToken, tier: 4, run: viewsOpen},
	"views.push":    {token: botToken, tier: 4, run: viewsPush},
	"views.update":  {token: botToken, tier: 4, run: viewsUpdate},
	"views.publish": {token: botToken, tier: 4, run: viewsPublish},

	"reactions.add":    {token: botToken, scopes: []string{"reactions:write"}, tier: 3, run: reactionsAdd},
	"reactions.remove": {token: botToken, scopes: []string{"reactions:write"}, tier: 2, run: reactionsRemove},
	"reactions.get":    {token: botToken, scopes: []string{"reactions:read"}, tier: 3, run: reactionsGet},

	"files.getUploadURLExternal":   {token: botToken, scopes: []string{"files:write"}, tier: 4, run: filesUploadURL},
	"files.completeUploadExternal": {token: botToken, scopes: []string{"files:write"}, tier: 4, run: filesComplete},
	"files.info":                   {token: botToken, scopes: []string{"files:read"}, tier: 4, run: filesInfo},
	"files.delete":                 {token: botToken, scopes: []string{"files:write"}, tier: 3, run: filesDelete},
	// Ended in November 2025.
	"files.upload": {token: botToken, run: func(*call) (object, error) { return nil, no("method_deprecated") }},
}

var (
	readScopes    = []string{"channels:read", "groups:read", "im:read", "mpim:read"}
	historyScopes = []string{"channels:history", "groups:history", "im:history", "mpim:history"}
)
