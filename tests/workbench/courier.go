package workbench

import (
	"context"
	"errors"

	"countersign/workflows"
)

// Lossy is a courier that delivers and says that it did not, once.
type Lossy struct {
	Handed
	Says error
	Sent map[string]workflows.Handover
}

func (l *Lossy) Deliver(ctx context.Context, r workflows.Request, index int, key string, h workflows.Handover) error {
	if l.Sent == nil {
		l.Sent = map[string]workflows.Handover{}
	}
	l.Sent[key] = workflows.Handover{Accessor: h.Accessor, Expires: h.Expires}
	if err := l.Says; err != nil {
		l.Says = nil
		return err
	}
	return l.Handed.Deliver(ctx, r, index, key, h)
}

func (l *Lossy) Delivered(_ context.Context, _ workflows.Request, _ int, key string) (workflows.Handover, bool, error) {
	h, ok := l.Sent[key]
	return h, ok, nil
}

// Mute is a courier that cannot say what it has delivered.
type Mute struct{ Lossy }

func (*Mute) Delivered(context.Context, workflows.Request, int, string) (workflows.Handover, bool, error) {
	return workflows.Handover{}, false, errors.New("connection refused")
}
