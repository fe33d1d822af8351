package bot

import (
	"fmt"
	"strings"
	"testing"

	"countersign/certs"
	"countersign/locales"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// works are things to do, each about one request.
func works(do issuance.Task, requests ...workflows.Request) (list []issuance.Work) {
	for _, r := range requests {
		list = append(list, issuance.Work{Do: do, Requests: []workflows.Request{r}})
	}
	return list
}

// everyTask is all that could be done about a request.
func everyTask(r workflows.Request) (list []issuance.Work) {
	for _, do := range []issuance.Task{issuance.TaskAnswer, issuance.TaskDecide, issuance.TaskCSR, issuance.TaskCertificate, issuance.TaskInstall, issuance.TaskRenew, issuance.TaskRevoke} {
		list = append(list, works(do, r)...)
	}
	return append(list, issuance.Work{Do: issuance.TaskDecide, Requests: []workflows.Request{r, r, r, r}})
}

func TestHomeAndLists(t *testing.T) {
	f := newFixture(t)
	number := 100
	request := func(state workflows.State, change func(*workflows.Request)) workflows.Request {
		number++
		r := f.request(state)
		r.ID = workflows.RequestID(fmt.Sprint("REQ-", number))
		if change != nil {
			change(&r)
		}
		return r
	}
	asked := request(workflows.OnHold, func(r *workflows.Request) { r.Questions[0].Answer = "" })
	device := request(workflows.Submitted, func(r *workflows.Request) { r.CSR, r.Spec.OwnCSR = nil, true })
	pending := request(workflows.Issuing, func(r *workflows.Request) { r.Pending, r.Issuer = true, "public" })
	install := request(workflows.Issued, func(r *workflows.Request) { r.Spec.KeyFile = false })
	key := request(workflows.Issued, func(r *workflows.Request) { r.Spec.KeyFile = true })
	plan := issuance.Work{Do: issuance.TaskDecide}
	for range 5 {
		plan.Requests = append(plan.Requests, request(workflows.Submitted, nil))
	}
	home := issuance.Home{Ends: []workflows.Request{request(workflows.Installed, nil), request(workflows.Issued, nil)},
		Others: []workflows.Request{request(workflows.Submitted, nil), request(workflows.Rejected, nil)}, Open: &workflows.Conversation{ID: "C-1"}, More: true, Rest: true}
	home.Work = append(append(works(issuance.TaskAnswer, asked), plan), works(issuance.TaskDecide, request(workflows.Submitted, nil))...)
	home.Work = append(append(home.Work, works(issuance.TaskCSR, device)...), works(issuance.TaskCertificate, pending)...)
	home.Work = append(append(home.Work, works(issuance.TaskInstall, install, key)...), works(issuance.TaskRenew, request(workflows.Installed, nil))...)
	var all []workflows.Request
	for _, state := range workflows.States {
		all = append(all, f.request(state))
	}
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang, to: ella}
		goldenHome(t, "home-empty."+lang, homeView(s, issuance.Home{}))
		goldenHome(t, "home."+lang, homeView(s, home))
		goldenHome(t, "home-others."+lang, homeView(s, issuance.Home{Others: home.Others}))
		goldenView(t, "csr."+lang, csrModal(s, device, nil, "file"))
		goldenView(t, "csr-refused."+lang, csrModal(s, device, &workflows.Error{Text: certs.T("workflows.problem.no_csr")}, "file 2"))
		goldenView(t, "csr-taken."+lang, csrTaken(s, all[0]))

		mine := issuance.ListQuery{Whose: issuance.Mine}
		golden(t, "list-empty."+lang, listView(s, issuance.Listed{ListQuery: mine}, ""))
		golden(t, "list."+lang, listView(s, issuance.Listed{ListQuery: mine, Requests: all, Count: len(all)}, ""))
		ending := issuance.ListQuery{Whose: issuance.Team, Which: issuance.Expiring, Text: strings.ReplaceAll(hostile, "<@U1> ", "")} // as typed, plain text shows it
		golden(t, "list-team."+lang, listView(s, issuance.Listed{ListQuery: ending, Requests: all[4:6], Count: 77, NoTeam: true}, ""))
		golden(t, "list-nothing."+lang, listView(s, issuance.Listed{ListQuery: issuance.ListQuery{Whose: issuance.All, Which: issuance.Current, Text: "opne"}}, "/cert list all open"))
		golden(t, "list-many."+lang, listView(s, issuance.Listed{ListQuery: issuance.ListQuery{Whose: issuance.All, Which: issuance.Open}, Requests: all[:1], Count: issuance.MaxCounted}, ""))
	}
}
