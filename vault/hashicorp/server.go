package hashicorp

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"
)

// Server says which Vault to talk to. It is taken from the configuration alone:
// VAULT_* variables of the environment are for people's own use of vault, and one of
// them (VAULT_WRAP_TTL) would change every answer.
type Server struct {
	Address    string        `yaml:"address"`     // https://vault.example.com:8200
	Public     string        `yaml:"public"`      // the same as people reach it, for unwrap commands; empty: Address
	Namespace  string        `yaml:"namespace"`   // Enterprise and HCP; empty: none
	CAFile     string        `yaml:"ca_file"`     // PEM of the CA that signed Vault's own certificate; empty: the system's
	ServerName string        `yaml:"server_name"` // name in Vault's certificate, where Address has another
	Timeout    time.Duration `yaml:"timeout"`     // of one call; 0: 10 s
}

// people gives the address that goes into commands for people.
func (s Server) people() string { return cmp.Or(s.Public, s.Address) }

// CheckAddress refuses what is no address of a Vault, and one at which tokens would
// cross a network in clear: http is for this machine alone (Vault Agent, Vault Proxy).
func CheckAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return fmt.Errorf("vault: address %q is not like https://vault.example.com:8200", address)
	}
	ip, _ := netip.ParseAddr(u.Hostname()) // no address: not loopback
	if u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && !ip.IsLoopback()) {
		return fmt.Errorf("vault: address %q is not like https://vault.example.com:8200; http is for this machine alone", address)
	}
	return nil
}

// connect makes a client without a token. It talks to nobody yet.
func (s Server) connect() (*api.Client, error) {
	for _, address := range []string{s.Address, s.people()} {
		if err := CheckAddress(address); err != nil {
			return nil, err
		}
	}
	config := api.DefaultConfig()
	if config.Error != nil {
		return nil, fmt.Errorf("vault: %w", config.Error)
	}
	config.Address = s.Address
	config.AgentAddress = ""
	config.Timeout = cmp.Or(s.Timeout, 10*time.Second)
	// Nothing is tried again below us: a signature asked for twice is two certificates, and
	// the outbox above knows when to try again.
	config.MaxRetries = 0
	if strings.HasPrefix(s.Address, "https:") {
		err := config.ConfigureTLS(&api.TLSConfig{CACert: s.CAFile, TLSServerName: s.ServerName})
		if err != nil {
			return nil, fmt.Errorf("vault: TLS: %w", err)
		}
	}
	client, err := api.NewClient(config)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return s.clean(client), nil
}

// clean takes from a client what the environment gave it.
func (s Server) clean(client *api.Client) *api.Client {
	client.ClearToken()
	client.ClearNamespace()
	if s.Namespace != "" {
		client.SetNamespace(s.Namespace)
	}
	client.SetWrappingLookupFunc(func(string, string) string { return "" })
	client.SetMaxRetries(0)
	return client
}

// with gives a client of its own, so that nothing that is set on it reaches another
// caller (hashicorp/nomad #2275 was that race).
func (s Server) with(base *api.Client, token string) (*api.Client, error) {
	client, err := base.Clone()
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	s.clean(client)
	if token != "" {
		client.SetToken(token)
	}
	return client, nil
}

// below is a path in a secrets engine.
func below(name, otherwise string, parts ...string) place {
	m, err := mount(name, otherwise)
	return place{m + "/" + strings.Join(parts, "/"), err}
}

// mount checks the name of a secrets engine's mount.
func mount(name, otherwise string) (string, error) {
	name = cmp.Or(strings.Trim(name, "/"), otherwise)
	if strings.ContainsAny(name, " ?#%\\+*") || strings.Contains(name, "..") || strings.Contains(name, "//") {
		return "", errors.New("vault: " + name + " is no mount path")
	}
	return name, nil
}
