// Command vault-dev starts a Vault for developers with everything that Countersign
// needs enabled, and says how to use it. It ends with Ctrl-C; its data stays.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"go.yaml.in/yaml/v3"

	"countersign/certs"
	"countersign/vault/hashicorp/devserver"
)

func main() {
	binary := flag.String("vault", "vault", "path of the vault command, as vault/hashicorp/server/get prints it")
	dir := flag.String("data", ".cache/vault-dev", "directory of the server's data")
	listen := flag.String("listen", "127.0.0.1:8200", "host:port")
	domains := flag.String("domains", "example.com", "comma-separated domains that certificates may be for")
	organization := flag.String("organization", "", "organisation in the subject of all certificates")
	country := flag.String("country", "", "country in the subject of all certificates, two letters")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, devserver.Options{Binary: *binary, Dir: *dir, Listen: *listen},
		strings.Split(*domains, ","), certs.Subject{O: *organization, C: *country})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o devserver.Options, domains []string, subject certs.Subject) error {
	s, err := devserver.Start(ctx, o)
	if err != nil {
		return err
	}
	defer s.Stop() //nolint:errcheck // the process is ending
	if err := s.Setup(ctx, domains, subject, "NAMES=bare wildcard ip"); err != nil {
		return err
	}
	config, err := s.Config(ctx)
	if err != nil {
		return err
	}
	raw, err := yaml.Marshal(map[string]any{"vault": config})
	if err != nil {
		return err
	}
	fmt.Printf("# for your shell\nexport VAULT_ADDR=%s VAULT_CACERT=%s\nexport VAULT_TOKEN=%s\n\n# for Countersign's configuration\n%s\n# Ctrl-C ends it\n",
		s.Address, s.CAFile, s.Token, raw)
	<-ctx.Done()
	return nil
}
