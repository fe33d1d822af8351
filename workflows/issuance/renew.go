package issuance

import (
	"context"
	"time"

	"countersign/workflows"
)

// replaced gives the certificate that r's is to replace, or nil.
func replaced(ctx context.Context, rd workflows.Reader, r workflows.Request) ([]byte, error) {
	if predecessor(r) == "" {
		return nil, nil
	}
	old, err := rd.Request(ctx, predecessor(r))
	if workflows.CodeOf(err) == workflows.NotFound {
		return nil, nil
	}
	return old.Cert, err
}

// replacedBy describes the certificate of r for a request that replaces it; nil when r has
// none that could be superseded.
func replacedBy(r workflows.Request) *workflows.Replaced {
	if _, legal := r.State.Next(workflows.VerbSupersede); !legal {
		return nil
	}
	names := make([]string, len(r.Spec.Names))
	for i, n := range r.Spec.Names {
		names[i] = n.Value
	}
	return &workflows.Replaced{Request: r.ID, Owner: r.Requester, Profile: r.Spec.Profile, For: r.Spec.For, CommonName: r.Spec.CommonName,
		Names: names, Key: r.Spec.Key, Serial: r.Serial(), NotAfter: r.NotAfter}
}

// Renewable gives a request of which who may ask for the same again, with what that would
// replace: what has a certificate is replaced; what ended without one is only asked for
// again.
func (s *Service) Renewable(ctx context.Context, who workflows.Person, id workflows.RequestID) (old workflows.Request, replaces *workflows.Replaced, err error) {
	err = s.Update(ctx, "", who, "renew", string(id), s.Refusal(who), func(rd workflows.Reader, _ time.Time) (workflows.Change, error) {
		if old, err = rd.Request(ctx, id); err != nil {
			return workflows.Change{}, err
		}
		if !s.Owns(old, who) {
			return workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_owner", "Request", string(id))
		}
		return workflows.Change{}, nil
	})
	return old, replacedBy(old), err
}

// predecessor is the request whose certificate r's is to replace, or "". Requests of
// before it was recorded what they replace only have its ID.
func predecessor(r workflows.Request) workflows.RequestID {
	if r.Replaces != nil {
		return r.Replaces.Request
	}
	return r.Renews
}
