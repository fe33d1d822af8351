package workflows

import (
	"context"
	"fmt"
)

// Redraw has the cards of a request drawn anew for somebody who clicked on an old copy,
// once a version. It goes the way of every other drawing: one beside the queue could
// read the state before a change and reach the workspace after that change was drawn.
func (s *Kernel) Redraw(ctx context.Context, id RequestID) error {
	return s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		key := fmt.Sprintf("%s/cards/again/%d", r.ID, r.Version)
		return Change{Effects: []Effect{NewEffect(Notify, r.CardSubject(), key, DrawRequest{Request: r.ID, Event: Afresh})}}, nil
	})
}

// RedrawCase is Redraw for the answer to a case.
func (s *Kernel) RedrawCase(ctx context.Context, id string) error {
	return s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
		c, err := rd.Case(ctx, id)
		if err != nil {
			return Change{}, err
		}
		key := fmt.Sprintf("%s/case/again/%d", c.ID, c.Version)
		return Change{Effects: []Effect{NewEffect(Notify, c.ID, key, DrawCase{Case: c.ID, Event: Afresh})}}, nil
	})
}

// RedrawGroup is Redraw for the card that the requests of a group share.
func (s *Kernel) RedrawGroup(ctx context.Context, group string) error {
	all, err := Read(ctx, s.Store, func(rd Reader) ([]Request, error) { return ReadGroup(ctx, rd, group) })
	if err != nil {
		return err
	}
	return s.Redraw(ctx, all[0].ID)
}
