package issuance

import (
	"context"
	"slices"

	"countersign/workflows"
)

// Task is what somebody has to do about a request.
type Task string

// The tasks, in the order in which they are shown. The first, and those from TaskCSR on, are
// of a requester; the others of approvers.
const (
	TaskAnswer      = Task(workflows.TodoAnswer)
	TaskDecide      = Task("decide") // on a request, a mismatch, or a revocation asked for
	TaskCSR         = Task(workflows.TodoCSR)
	TaskCertificate = Task(workflows.TodoCertificate)
	TaskInstall     = Task(workflows.TodoInstall)
	TaskRenew       = Task("renew")
	TaskRevoke      = Task("revoke") // at the CA, by hand
)

// Work is one thing to do: about one request, or about those of one plan that are decided
// together.
type Work struct {
	Do       Task
	Requests []workflows.Request
}

// Home is what one person sees first: what waits for them, then what ends next, then some of
// what else they asked for. A request of theirs stands in one of these.
type Home struct {
	Work   []Work
	More   bool                    // there is more to do than that
	Ends   []workflows.Request     // soonest first
	Others []workflows.Request     // newest change first
	Rest   bool                    // they have more requests than are here
	Open   *workflows.Conversation // with answers in it, and not finished yet
}

// How much of each kind Home has.
const (
	maxTasks  = 20
	maxEnds   = 5
	maxOthers = 5
)

// HomeOf reads the home of who.
func (s Lists) HomeOf(ctx context.Context, who workflows.Person) (Home, error) {
	h := &home{}
	if no := s.Refusal(who); no != nil {
		return h.Home, no
	}
	err := s.Store.View(ctx, func(rd workflows.Reader) (err error) {
		if err = s.work(ctx, rd, who, h); err != nil {
			return err
		}
		mine := workflows.RequestQuery{Team: s.Team, Requester: who}
		ends := mine
		ends.Ends = workflows.Span{From: s.Now(), Before: s.Now().AddDate(100, 0, 0)}
		if h.Ends, _, err = h.others(ctx, rd, ends, maxEnds); err != nil {
			return err
		}
		if h.Others, h.Rest, err = h.others(ctx, rd, mine, maxOthers); err != nil {
			return err
		}
		c, err := rd.ConversationAt(ctx, who, workflows.Place{})
		switch {
		case workflows.CodeOf(err) == workflows.NotFound:
			return nil
		case err == nil && len(c.Answers) > 0:
			h.Open = &c
		}
		return err
	})
	return h.Home, err
}

// home is one that is being put together.
type home struct {
	Home
	shown []workflows.RequestID // of the person's own
}

// add adds one thing to do about each of a few requests, unless it stands there already.
func (h *home) add(do Task, requests []workflows.Request) {
	h.More = h.More || len(requests) > maxTasks
	for _, r := range requests[:min(len(requests), maxTasks)] {
		if !slices.Contains(h.shown, r.ID) {
			h.shown = append(h.shown, r.ID)
			h.Work = append(h.Work, Work{do, []workflows.Request{r}})
		}
	}
}

// others gives at most so many of q's that are not shown yet, and whether there are more.
func (h *home) others(ctx context.Context, rd workflows.Reader, q workflows.RequestQuery, most int) (list []workflows.Request, more bool, err error) {
	q.Limit = len(h.shown) + most + 1
	list, err = rd.Requests(ctx, q)
	list = slices.DeleteFunc(list, func(r workflows.Request) bool { return slices.Contains(h.shown, r.ID) })
	if more = len(list) > most; more {
		list = list[:most]
	}
	for _, r := range list {
		h.shown = append(h.shown, r.ID)
	}
	return list, more, err
}

// work adds all that who has to do, in its order.
func (s Lists) work(ctx context.Context, rd workflows.Reader, who workflows.Person, h *home) error {
	mine := workflows.RequestQuery{Team: s.Team, Requester: who, Limit: maxTasks + 1}
	todo := func(do workflows.Todo) error {
		q := mine
		q.Todo = do
		list, err := rd.Requests(ctx, q)
		h.add(Task(do), list)
		return err
	}
	if err := todo(workflows.TodoAnswer); err != nil {
		return err
	}
	waiting, err := s.waiting(ctx, rd, who)
	if err != nil {
		return err
	}
	plans := byPlan(waiting)
	h.More = h.More || len(plans) > maxTasks
	h.Work = append(h.Work, plans[:min(len(plans), maxTasks)]...)
	for _, do := range []workflows.Todo{workflows.TodoCSR, workflows.TodoCertificate, workflows.TodoInstall} {
		if err := todo(do); err != nil {
			return err
		}
	}
	renew := mine
	renew.States, renew.Ends, renew.RenewalDue = []workflows.State{workflows.Installed}, s.endingSoon(), s.Now()
	ending, err := rd.Requests(ctx, renew)
	if err != nil {
		return err
	}
	h.add(TaskRenew, ending)
	due, err := s.revocationsDue(ctx, rd, who)
	h.More = h.More || len(due) > maxTasks
	for _, r := range due[:min(len(due), maxTasks)] { // of a certificate beside the request's own as well
		h.Work = append(h.Work, Work{TaskRevoke, []workflows.Request{r}})
	}
	return err
}

// waiting lists what who could decide on now, of all that may belong together.
func (s Lists) waiting(ctx context.Context, rd workflows.Reader, who workflows.Person) ([]workflows.Request, error) {
	policies := s.PoliciesOf(who)
	if len(policies) == 0 {
		return nil, nil
	}
	all, err := rd.Requests(ctx, workflows.RequestQuery{Team: s.Team, NotBy: who, Policies: policies, Awaits: []workflows.Await{workflows.AwaitDecision, workflows.AwaitSettling, workflows.AwaitChain, workflows.AwaitRevocation}, Limit: 200})
	return slices.DeleteFunc(all, func(r workflows.Request) bool { // the rule itself has the last word
		policy, members := s.PolicyOf(r)
		return workflows.MayDecide(r, who, members) != nil || r.State == workflows.Submitted && approvedBy(r, who) && approvals(r, r.Hash(), among(members)) < policy.Approvals()
	}), err
}

// approvedBy reports that who has approved r as it is: it waits for somebody else.
func approvedBy(r workflows.Request, who workflows.Person) bool {
	return slices.ContainsFunc(r.Decisions, func(d workflows.Decision) bool {
		return d.By == who && d.Verdict == workflows.Approve && d.Hash == r.Hash()
	})
}

// byPlan puts together what shares a card and waits for a decision, each card where its
// newest stands, with its requests in their order.
func byPlan(waiting []workflows.Request) []Work {
	var plans []Work
	for _, r := range waiting {
		i := slices.IndexFunc(plans, func(w Work) bool {
			return r.Group != "" && w.Requests[0].Group == r.Group && w.Requests[0].Awaits() == r.Awaits() && r.Awaits() == workflows.AwaitDecision
		})
		if i < 0 {
			plans = append(plans, Work{TaskDecide, []workflows.Request{r}})
			continue
		}
		plans[i].Requests = append(plans[i].Requests, r)
	}
	for _, w := range plans {
		workflows.SortByID(w.Requests)
	}
	return plans
}

// revocationsDue lists what who could confirm to be revoked.
func (s Lists) revocationsDue(ctx context.Context, rd workflows.Reader, who workflows.Person) ([]workflows.Request, error) {
	policies := s.PoliciesOf(who)
	if len(policies) == 0 {
		return nil, nil
	}
	all, err := rd.Requests(ctx, workflows.RequestQuery{Team: s.Team, Policies: policies, RevocationDue: true, Limit: maxTasks + 1})
	return slices.DeleteFunc(all, func(r workflows.Request) bool { return !s.MayConfirm(who, r) }), err
}
