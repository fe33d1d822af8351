package inbox

import (
	"context"
	"slices"
	"strings"
	"time"

	"countersign/certs/check"
	"countersign/workflows"
)

// Overhear warns whoever pastes a private key where the bot is and is not spoken to, or may
// not be by them: them alone, with what to do now. Nothing of what they wrote is kept, and what holds no key is
// not looked at further. Strangers are warned like everybody; whose request's key it is,
// is for those who may use the bot.
func (s *Service) Overhear(ctx context.Context, in workflows.Message) error {
	if !workflows.HoldsKey(in.Text) {
		return nil
	}
	var halves []string
	if s.Refusal(in.By) == nil {
		m, _ := check.Read("message", []byte(in.Text), check.ReadOptions{})
		for _, it := range m.Of(check.PrivateKey) {
			halves = append(halves, it.SPKIHash())
		}
	}
	return s.Update(ctx, in.Receipt, in.By, "secret", in.Place.Channel, nil, func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		var of []string
		for _, spki := range halves {
			r, err := rd.RequestBySPKI(ctx, spki)
			switch {
			case workflows.CodeOf(err) == workflows.NotFound || spki == "":
			case err != nil:
				return workflows.Change{}, err
			case !slices.Contains(of, string(r.ID)):
				of = append(of, string(r.ID))
			}
		}
		about := strings.Join(of, " ")
		return workflows.Change{Effects: []workflows.Effect{reply(in, "overheard/"+string(in.Receipt), workflows.Reply{Say: workflows.SayOverheard, About: about})},
			Audit: []workflows.Audit{{At: now, Actor: in.By, Verb: "secret", Subject: in.Place.Channel, Detail: workflows.Detail("request", about)}}}, nil
	})
}
