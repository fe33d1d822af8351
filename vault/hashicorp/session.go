package hashicorp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"

	"countersign/certs"
	"countersign/vault"
)

// Session is one identity that stays logged in: it renews its token at two thirds of
// its life and logs in again when renewal ends, for whatever reason. A brief one has no
// token in between: it logs in for each call and revokes the token after it. Both are
// safe for concurrent use.
type Session struct {
	Identity string // writer, releaser ...: for people and logs

	server Server
	base   *api.Client
	login  Login
	log    *slog.Logger
	stop   context.CancelFunc
	ended  chan struct{}
	again  chan struct{} // asks for a login now
	brief  bool
	turn   sync.Mutex // one login at a time; of a brief session, one call

	mu      sync.Mutex
	proven  bool          // of a brief session: it could log in
	client  *api.Client   // nil: not logged in
	expires time.Time     // zero: never
	problem error         // why not
	change  chan struct{} // closed when client or problem changes
}

// Pauses between logins that failed. The jitter keeps replicas from logging in
// together after an outage.
const (
	minPause = 500 * time.Millisecond
	maxPause = 30 * time.Second
)

// NewSession starts logging in, in the background: a Vault that is away now is no
// error. Close ends it. A brief one is for an identity that is seldom used, and that a
// thief would like to have: it logs in once at first, to see that it can.
func NewSession(server Server, identity string, login Login, log *slog.Logger, brief bool) (*Session, error) {
	if login == nil {
		return nil, fmt.Errorf("vault: no login for the %s", identity)
	}
	base, err := server.connect()
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Session{Identity: identity, server: server, base: base, login: login, log: log, stop: stop, brief: brief,
		ended: make(chan struct{}), again: make(chan struct{}, 1), change: make(chan struct{})}
	go s.run(ctx)
	return s, nil
}

// Close ends the session and waits for that. The token is left to expire: another
// process may be using the same.
func (s *Session) Close() {
	s.stop()
	<-s.ended
}

// Expires tells when the present token ends if it is not renewed; zero: it does not.
// The error says why there is no token, as a Fault.
func (s *Session) Expires() (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil && (!s.proven || s.problem != nil) {
		return time.Time{}, s.trouble()
	}
	return s.expires, nil
}

// trouble needs mu.
func (s *Session) trouble() error {
	if s.problem != nil {
		return s.problem
	}
	return vault.Wait(nil, "vault.login", "Identity", s.Identity)
}

func (s *Session) run(ctx context.Context) {
	defer close(s.ended)
	pause := minPause
	for ctx.Err() == nil {
		s.turn.Lock()
		client, auth, err := s.logIn(ctx)
		s.turn.Unlock()
		if err != nil {
			s.set(nil, time.Time{}, s.loginFault(err))
			s.log.Warn("vault login failed", "identity", s.Identity, "err", err)
			s.sleep(ctx, pause/2+rand.N(pause)) //nolint:gosec // jitter, no secret
			pause = min(2*pause, maxPause)
			continue
		}
		pause = minPause
		s.log.Info("vault login", "identity", s.Identity, "ttl", auth.LeaseDuration)
		if s.brief {
			s.giveBack(ctx, client)
			s.prove(nil)
			<-ctx.Done()
			return
		}
		s.set(client, end(auth.LeaseDuration), nil)
		s.watch(ctx, auth)
		s.sleep(ctx, rand.N(minPause)) //nolint:gosec // jitter; also bounds a loop of logins that end at once
	}
}

// logIn needs turn.
func (s *Session) logIn(ctx context.Context) (*api.Client, *api.SecretAuth, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*s.base.ClientTimeout())
	defer cancel()
	client, err := s.server.with(s.base, "")
	if err != nil {
		return nil, nil, err
	}
	secret, err := s.login.login(ctx, client)
	if err != nil {
		return nil, nil, err
	}
	if secret == nil || secret.Auth == nil || secret.Auth.ClientToken == "" {
		return nil, nil, errors.New("vault: the login gave no token")
	}
	if client, err = s.server.with(s.base, secret.Auth.ClientToken); err != nil {
		return nil, nil, err
	}
	return client, secret.Auth, nil
}

// giveBack revokes a token that was made by logging in, whatever has become of ctx.
func (s *Session) giveBack(ctx context.Context, client *api.Client) {
	switch s.login.(type) {
	case Token, TokenFile:
		return // somebody else's
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), client.ClientTimeout())
	defer cancel()
	if err := client.Auth().Token().RevokeSelfWithContext(ctx, ""); err != nil {
		s.log.Warn("vault token left to expire", "identity", s.Identity, "err", err)
	}
}

// prove notes that a brief session could log in once, and what its last login came to.
func (s *Session) prove(problem error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proven, s.problem = true, problem
	close(s.change)
	s.change = make(chan struct{})
}

// call does o once, and once more with a new token when the present one is dead.
// Failures that are understood are Faults; use rejected for those of the request
// itself. An absent thing is the answer 404, as rejected gives it.
func (s *Session) call(ctx context.Context, o op) (*api.Secret, error) {
	if o.wrong != nil {
		return nil, o.wrong
	}
	if s.brief {
		return s.briefly(ctx, o)
	}
	client, err := s.use(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := s.server.once(ctx, client, o)
	if refused(err) {
		fresh, problem := s.renew(ctx, client)
		if problem != nil {
			return nil, problem
		}
		if fresh {
			if client, err = s.use(ctx); err != nil {
				return nil, err
			}
			answer, err = s.server.once(ctx, client, o)
		}
	}
	if err != nil {
		return nil, s.server.classify(err, s.Identity, o.path)
	}
	return answer, nil
}

// briefly does o with a token of its own.
func (s *Session) briefly(ctx context.Context, o op) (*api.Secret, error) {
	if _, err := s.use(ctx); err != nil {
		return nil, err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	client, _, err := s.logIn(ctx)
	if err != nil {
		err = s.loginFault(err)
		s.prove(err)
		return nil, err
	}
	s.prove(nil)
	defer s.giveBack(ctx, client)
	answer, err := s.server.once(ctx, client, o)
	if err != nil {
		return nil, s.server.classify(err, s.Identity, o.path)
	}
	return answer, nil
}

// end turns a lease in seconds into a time; a lease of 0 has no end.
func end(lease int) time.Time {
	if lease == 0 {
		return time.Time{}
	}
	return time.Now().Add(time.Duration(lease) * time.Second)
}

// watch renews the token until that stops working; then it is time to log in again.
// The library's LifetimeWatcher is not used: on "permission denied" it waits out the
// life of a dead token in silence (v1.23.0).
func (s *Session) watch(ctx context.Context, auth *api.SecretAuth) {
	full := time.Duration(auth.LeaseDuration) * time.Second
	life := full
	for {
		wait := time.Duration(1<<62 - 1)
		if life > 0 {
			wait = life*2/3 - rand.N(life/10+1) //nolint:gosec // jitter, no secret
		}
		select {
		case <-ctx.Done():
			return
		case <-s.again:
			return
		case <-time.After(wait):
		}
		if !auth.Renewable {
			return
		}
		s.mu.Lock()
		client := s.client
		s.mu.Unlock()
		secret, err := client.Auth().Token().RenewSelfWithContext(ctx, int(full.Seconds()))
		if err != nil || secret == nil || secret.Auth == nil {
			s.log.Warn("vault token not renewed", "identity", s.Identity, "err", err)
			return
		}
		life = time.Duration(secret.Auth.LeaseDuration) * time.Second
		if life > 0 && life < full/2 {
			return // near its maximum: every renewal will be shorter than the last
		}
		s.set(client, end(secret.Auth.LeaseDuration), nil)
	}
}

func (s *Session) set(client *api.Client, expires time.Time, problem error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A token that still lives is better than none while logging in again fails.
	if client == nil && s.client != nil && (s.expires.IsZero() || time.Now().Before(s.expires)) {
		client, expires = s.client, s.expires
	}
	s.client, s.expires, s.problem = client, expires, problem
	close(s.change)
	s.change = make(chan struct{})
}

func (s *Session) sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-s.again:
	case <-time.After(d):
	}
}

// loginFault makes what people are told of a login that failed.
func (s *Session) loginFault(err error) error {
	if known, ok := errors.AsType[certs.Fault](err); ok {
		return vault.Wait(err, known.Text().Key, flat(known.Text().Args)...)
	}
	fault, understood := errors.AsType[certs.Fault](s.server.classify(err, s.Identity, "auth"))
	if answer, ok := errors.AsType[*api.ResponseError](err); !understood || ok && answer.StatusCode < http.StatusInternalServerError {
		return vault.Wait(err, "vault.login", "Identity", s.Identity)
	}
	return fault
}

func flat(args map[string]string) []string {
	var pairs []string
	for k, v := range args {
		pairs = append(pairs, k, v)
	}
	return pairs
}

// use gives the client with the present token; of a brief session none. While the first
// login is under way it waits for it, as long as ctx lets it.
func (s *Session) use(ctx context.Context) (*api.Client, error) {
	for {
		s.mu.Lock()
		client, proven, problem, change := s.client, s.proven, s.problem, s.change
		s.mu.Unlock()
		if client != nil || proven {
			return client, nil
		}
		if problem != nil {
			return nil, problem
		}
		select {
		case <-ctx.Done():
			return nil, vault.Wait(ctx.Err(), "vault.login", "Identity", s.Identity)
		case <-change:
		}
	}
}

// renew is for a token that was refused: when it is dead, and not only allowed too
// little, it logs in again and waits for the outcome. It gives false when no other
// token came of it, with the login's problem if there was one.
func (s *Session) renew(ctx context.Context, stale *api.Client) (bool, error) {
	if _, err := stale.Auth().Token().LookupSelfWithContext(ctx); !refused(err) {
		return false, nil
	}
	s.mu.Lock()
	change, client := s.change, s.client
	s.mu.Unlock()
	if client != stale {
		return client != nil, nil
	}
	select {
	case s.again <- struct{}{}:
	default:
	}
	select {
	case <-ctx.Done():
	case <-change:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.client != nil && s.client != stale, s.problem
}
