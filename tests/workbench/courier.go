package workbench

import (
	"context"
	"errors"
	"slices"

	"countersign/workflows/keyrelease"
)

// Lossy is a courier that delivers and says that it did not, once.
type Lossy struct {
	Handed
	Says error
	Sent map[string][]keyrelease.Parcel
}

func (l *Lossy) Deliver(ctx context.Context, key string, lot []keyrelease.Parcel) error {
	if l.Sent == nil {
		l.Sent = map[string][]keyrelease.Parcel{}
	}
	sent := slices.Clone(lot)
	for i := range sent {
		sent[i].Handover.Command = ""
	}
	l.Sent[key] = sent
	if err := l.Says; err != nil {
		l.Says = nil
		return err
	}
	return l.Handed.Deliver(ctx, key, lot)
}

func (l *Lossy) Delivered(_ context.Context, key string, _ []keyrelease.Parcel) ([]keyrelease.Parcel, bool, error) {
	lot, ok := l.Sent[key]
	return lot, ok, nil
}

// Mute is a courier that cannot say what it has delivered.
type Mute struct{ Lossy }

func (*Mute) Delivered(context.Context, string, []keyrelease.Parcel) ([]keyrelease.Parcel, bool, error) {
	return nil, false, errors.New("connection refused")
}
