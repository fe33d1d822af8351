package devserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/hashicorp/vault/api"

	"countersign/vault/hashicorp"
)

// Server is one running Vault. Its methods are not for concurrent use.
type Server struct {
	Address string // https://127.0.0.1:port
	CAFile  string // of its TLS certificate
	Token   string // root token

	binary string
	dir    string
	unseal string
	log    io.Writer
	cmd    *exec.Cmd
	ended  chan error
}

// Options say which Vault to start, and where.
type Options struct {
	Binary string    // path of vault, as vault/hashicorp/server/get prints it
	Dir    string    // everything of the server; made with mode 0700
	Listen string    // host:port; empty: a free port of 127.0.0.1
	Log    io.Writer // what the server says; nil: nowhere
}

// secrets is what initialisation gives, kept beside the data.
type secrets struct {
	Unseal string `json:"unseal"`
	Root   string `json:"root"`
}

// Start runs Vault, initialises it the first time, and unseals it.
func Start(ctx context.Context, o Options) (*Server, error) {
	var err error
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, fmt.Errorf("vault server: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(o.Dir, "data"), 0o700); err != nil {
		return nil, fmt.Errorf("vault server: %w", err)
	}
	if o.Listen == "" {
		if o.Listen, err = freePort(); err != nil {
			return nil, fmt.Errorf("vault server: %w", err)
		}
	}
	// Raft wants a second port even when it is alone.
	cluster, err := freePort()
	if err != nil {
		return nil, fmt.Errorf("vault server: %w", err)
	}
	s := &Server{Address: "https://" + o.Listen, binary: o.Binary, dir: o.Dir, log: o.Log}
	s.CAFile = s.path(caFile)
	if err := writeTLS(o.Dir); err != nil {
		return nil, fmt.Errorf("vault server: %w", err)
	}
	config := map[string]any{
		"disable_mlock": true, "ui": true, "api_addr": s.Address, "cluster_addr": "https://" + cluster,
		"storage": map[string]any{"raft": map[string]any{"path": s.path("data"), "node_id": "dev", "performance_multiplier": 1}},
		"listener": map[string]any{"tcp": map[string]any{"address": o.Listen, "cluster_address": cluster,
			"tls_cert_file": s.path(certFile), "tls_key_file": s.path(keyFile)}},
	}
	raw, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("vault server: %w", err)
	}
	if err := os.WriteFile(s.path("server.json"), raw, 0o600); err != nil {
		return nil, fmt.Errorf("vault server: %w", err)
	}
	if err := s.Run(ctx); err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

// Run starts the process again after Stop or Kill. It is sealed then.
func (s *Server) Run(ctx context.Context) error {
	s.cmd = exec.Command(s.binary, "server", "-config", s.path("server.json"))
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.Env = append(os.Environ(), "HOME="+s.dir)
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("vault server: %w", err)
	}
	s.ended = make(chan error, 1)
	go func(cmd *exec.Cmd, ended chan error) { ended <- cmd.Wait() }(s.cmd, s.ended)
	client, err := s.Client("")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		if _, err = client.Sys().SealStatusWithContext(ctx); err == nil {
			return nil
		}
		select {
		case end := <-s.ended:
			return fmt.Errorf("vault server ended at once: %w", end)
		case <-ctx.Done():
			return fmt.Errorf("vault server does not answer: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Client gives a client for token; "" is none. Nothing of the environment counts.
func (s *Server) Client(token string) (*api.Client, error) {
	config := api.DefaultConfig()
	config.Address, config.MaxRetries, config.Timeout = s.Address, 0, 30*time.Second
	if err := config.ConfigureTLS(&api.TLSConfig{CACert: s.CAFile}); err != nil {
		return nil, err
	}
	client, err := api.NewClient(config)
	if err != nil {
		return nil, err
	}
	client.ClearNamespace()
	client.SetToken(token)
	client.SetWrappingLookupFunc(func(string, string) string { return "" })
	return client, nil
}

// open initialises the first time, and unseals.
func (s *Server) open(ctx context.Context) error {
	client, err := s.Client("")
	if err != nil {
		return err
	}
	var known secrets
	raw, err := os.ReadFile(s.path("secrets.json"))
	switch {
	case err == nil:
		if err := json.Unmarshal(raw, &known); err != nil {
			return fmt.Errorf("vault server: secrets.json: %w", err)
		}
	case errors.Is(err, os.ErrNotExist):
		made, err := client.Sys().InitWithContext(ctx, &api.InitRequest{SecretShares: 1, SecretThreshold: 1})
		if err != nil {
			return fmt.Errorf("initialise vault: %w", err)
		}
		known = secrets{made.Keys[0], made.RootToken}
		raw, err := json.Marshal(known)
		if err != nil {
			return err
		}
		if err := os.WriteFile(s.path("secrets.json"), raw, 0o600); err != nil {
			return err
		}
	default:
		return fmt.Errorf("vault server: %w", err)
	}
	s.unseal, s.Token = known.Unseal, known.Root
	return s.Unseal(ctx)
}

// Unseal opens a sealed server and waits until it answers.
func (s *Server) Unseal(ctx context.Context) error {
	client, err := s.Client(s.Token)
	if err != nil {
		return err
	}
	if _, err := client.Sys().UnsealWithContext(ctx, s.unseal); err != nil {
		return fmt.Errorf("unseal vault: %w", err)
	}
	for range 200 {
		if _, err = client.Auth().Token().LookupSelfWithContext(ctx); err == nil {
			return nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	return fmt.Errorf("unseal vault: %w", err)
}

// Seal closes it.
func (s *Server) Seal(ctx context.Context) error {
	client, err := s.Client(s.Token)
	if err != nil {
		return err
	}
	return client.Sys().SealWithContext(ctx)
}

// Stop ends the process in good order.
func (s *Server) Stop() error { return s.end(os.Interrupt) }

// Kill ends it as a power cut would.
func (s *Server) Kill() error { return s.end(os.Kill) }

func (s *Server) end(how os.Signal) error {
	if err := s.cmd.Process.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.ended: //nolint:errcheck // its status says how it was ended, which is known
	case <-time.After(15 * time.Second):
		return errors.Join(errors.New("vault server does not end"), s.cmd.Process.Kill())
	}
	return nil
}

// Connection is how Countersign reaches this server.
func (s *Server) Connection() hashicorp.Server {
	return hashicorp.Server{Address: s.Address, CAFile: s.CAFile}
}
