package hashicorp

import (
	"context"
	"net/http"
	"os"
	"strings"
	"sync"

	"countersign/vault"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/approle"
	"github.com/hashicorp/vault/api/auth/kubernetes"
)

// Login gets a token for one identity. Its methods are called by one Session, one
// at a time.
type Login interface {
	// login gives a Secret with Auth. client has no token and is thrown away afterwards.
	login(ctx context.Context, client *api.Client) (*api.Secret, error)
}

// Token logs in with a token made elsewhere. It is renewed while Vault lets it be;
// after that a person has to bring another.
type Token string

// String keeps the token out of logs.
func (Token) String() string { return "REDACTED" }

// GoString keeps the token out of %#v.
func (Token) GoString() string { return "REDACTED" }

func (t Token) login(ctx context.Context, client *api.Client) (*api.Secret, error) {
	client.SetToken(string(t))
	self, err := client.Auth().Token().LookupSelfWithContext(ctx)
	if err != nil {
		return nil, err
	}
	ttl, err := self.TokenTTL()
	if err != nil {
		return nil, err
	}
	renewable, err := self.TokenIsRenewable()
	if err != nil {
		return nil, err
	}
	return &api.Secret{Auth: &api.SecretAuth{ClientToken: string(t), LeaseDuration: int(ttl.Seconds()), Renewable: renewable}}, nil
}

// TokenFile logs in with the token that a file holds. The file is read at each login,
// so that a new token needs no restart.
type TokenFile string

func (f TokenFile) login(ctx context.Context, client *api.Client) (*api.Secret, error) {
	raw, err := os.ReadFile(string(f))
	token := strings.TrimSpace(string(raw))
	if err != nil || token == "" || len(token) > 1000 {
		return nil, vault.Refuse(err, "vault.token.file", "File", string(f))
	}
	return Token(token).login(ctx, client)
}

// AppRole logs in with a role-id and a secret-id from a file. With Wrapped the file
// holds a response-wrapping token for the secret-id instead; it is opened once, and
// the secret-id stays in memory for later logins.
type AppRole struct {
	Mount    string // empty: approle
	Role     string // name of the role: checked against where the wrapping token was made
	RoleID   string
	SecretID string // file
	Wrapped  bool

	mu     sync.Mutex
	opened string // the wrapping token that secret came from
	secret string
}

func (a *AppRole) login(ctx context.Context, client *api.Client) (*api.Secret, error) {
	path, err := mount(a.Mount, "approle")
	if err != nil {
		return nil, err
	}
	secret, err := a.secretID(ctx, client, path)
	if err != nil {
		return nil, err
	}
	auth, err := approle.NewAppRoleAuth(a.RoleID, &approle.SecretID{FromString: secret}, approle.WithMountPath(path))
	if err != nil {
		return nil, err
	}
	return auth.Login(ctx, client)
}

func (a *AppRole) secretID(ctx context.Context, client *api.Client, path string) (string, error) {
	raw, err := os.ReadFile(a.SecretID)
	if err != nil {
		return "", vault.Refuse(err, "vault.secretid.file", "File", a.SecretID)
	}
	value := strings.TrimSpace(string(raw))
	if value == "" || len(value) > 1000 {
		return "", vault.Refuse(nil, "vault.secretid.file", "File", a.SecretID)
	}
	if !a.Wrapped {
		return value, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if value == a.opened {
		return a.secret, nil
	}
	// Whoever opened it before us could put another in its place: made where it should be?
	facts, err := client.Logical().WriteWithContext(ctx, "sys/wrapping/lookup", map[string]any{"token": value})
	if err != nil {
		return "", a.spent(err)
	}
	want := "auth/" + path + "/role/" + a.Role + "/secret-id"
	if facts == nil || facts.Data["creation_path"] != want {
		return "", vault.Refuse(nil, "vault.secretid.origin", "File", a.SecretID, "Path", want)
	}
	// Unwrap makes the wrapping token the client's own if it has none; this one is thrown away.
	answer, err := client.Logical().UnwrapWithContext(ctx, value)
	if err != nil {
		return "", a.spent(err)
	}
	client.ClearToken()
	secret, ok := answer.Data["secret_id"].(string)
	if !ok || secret == "" {
		return "", vault.Refuse(nil, "vault.secretid.origin", "File", a.SecretID, "Path", want)
	}
	a.opened, a.secret = value, secret
	return secret, nil
}

// spent is for a wrapping token that Vault does not know any more; other errors stay.
func (a *AppRole) spent(err error) error {
	if code := status(err); code == http.StatusBadRequest || code == http.StatusForbidden {
		return vault.Refuse(err, "vault.secretid.opened", "File", a.SecretID)
	}
	return err
}

// Kubernetes logs in with the service account token of the pod.
type Kubernetes struct {
	Mount string // empty: kubernetes
	Role  string
	JWT   string // file; empty: /var/run/secrets/kubernetes.io/serviceaccount/token
}

func (k *Kubernetes) login(ctx context.Context, client *api.Client) (*api.Secret, error) {
	path, err := mount(k.Mount, "kubernetes")
	if err != nil {
		return nil, err
	}
	options := []kubernetes.LoginOption{kubernetes.WithMountPath(path)}
	if k.JWT != "" { // read at each login: the kubelet replaces it
		options = append(options, kubernetes.WithServiceAccountTokenPath(k.JWT))
	}
	auth, err := kubernetes.NewKubernetesAuth(k.Role, options...)
	if err != nil {
		return nil, err
	}
	return auth.Login(ctx, client)
}
