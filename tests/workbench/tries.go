package workbench

import (
	"context"
	"crypto/x509"
	"errors"

	"countersign/workflows"
	"countersign/workflows/inbox"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
	"countersign/workflows/keyrelease"
	"countersign/workflows/support"
)

// try is one way, with what comes of it for a colleague without any role.
type try struct {
	code workflows.Code
	do   func() error
}

// tries are the ways in which who may try to get at what is Ella's, by the method
// that they take.
func (o *others) tries(who workflows.Person) map[string]try {
	ctx := context.Background()
	no, none := workflows.Forbidden, workflows.NotFound
	label := func(_, option string) string { return option }
	return map[string]try{
		"Show":   {team, func() error { _, err := o.Lists.Show(ctx, who, o.open.ID); return err }},
		"HomeOf": {team, func() error { h, err := o.Lists.HomeOf(ctx, who); return onlyOwn(who, h, err) }},
		"List": {team, func() error {
			l, err := o.Lists.List(ctx, who, issuance.ListQuery{})
			return onlyOwn(who, issuance.Home{Others: l.Requests}, err)
		}},
		"RememberedFor": {team, func() error { _, err := o.Intake.RememberedFor(ctx, who); return err }},

		"ShowGroup": {team, func() error { _, err := o.Lists.ShowGroup(ctx, who, o.group[0].Group); return err }},
		"MayDecideGroup": {no, func() error {
			_, err := o.Groups.MayDecideGroup(ctx, who, o.group[0].Group, workflows.Reject, workflows.GroupHash(o.group))
			return err
		}},
		"DecideGroup": {no, func() error { _, err := o.DecideGroup(who, o.group, workflows.Approve); return err }},
		"CancelGroup": {no, func() error { _, err := o.Groups.CancelGroup(ctx, "", who, o.group[0].Group); return err }},
		"TickStep":    {no, func() error { _, err := o.Groups.TickStep(ctx, "", who, o.done.ID, "x", true); return err }},
		"TickSteps": {no, func() error {
			_, err := o.Groups.TickSteps(ctx, "", who, o.group[0].Group, "x", true)
			return err
		}},
		"InstallGroup": {no, func() error { _, err := o.Groups.InstallGroup(ctx, "", who, o.group[0].Group); return err }},
		"ReleaseGroup": {no, func() error { _, err := o.KeyRelease.ReleaseGroup(ctx, "", who, o.group[0].Group); return err }},

		"MayDecide": {no, func() error { return o.Issuance.MayDecide(ctx, who, o.open.ID, workflows.Reject, o.open.Hash()) }},
		"Decide":    {no, func() error { _, err := o.Decide(who, o.open, workflows.Approve); return err }},
		"Ask":       {no, func() error { _, err := o.Issuance.Ask(ctx, "", who, o.open.ID, "why?"); return err }},
		"Answer":    {no, func() error { _, err := o.Issuance.Answer(ctx, "", who, o.open.ID, "because"); return err }},
		"Cancel":    {no, func() error { _, err := o.Issuance.Cancel(ctx, "", who, o.open.ID, ""); return err }},
		"GiveUp":    {no, func() error { _, err := o.Issuance.GiveUp(ctx, "", who, o.held.ID); return err }},
		"Owns":      {no, func() error { return orRefused(o.Issuance.Owns(o.done, who)) }},
		"Install":   {no, func() error { _, err := o.Issuance.Install(ctx, "", who, o.done.ID); return err }},
		"Renewable": {no, func() error { _, _, err := o.Issuance.Renewable(ctx, who, o.done.ID); return err }},
		"Submit": {no, func() error { // to replace what is another's
			return o.DB.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
				return o.Issuance.Submit(ctx, rd, workflows.Submission{By: who, Deployment: o.done.Deployment, Wanted: []workflows.Spec{o.done.Spec},
					Replaces: &workflows.Replaced{Request: o.done.ID, Profile: o.done.Spec.Profile, For: o.done.Spec.For}}, o.Now())
			})
		}},
		"Renew":     {no, func() error { _, err := o.Inbox.Renew(ctx, intake.Started{By: who}, o.done.ID); return err }},
		"Release":   {no, func() error { _, err := o.KeyRelease.Release(ctx, "", who, o.done.ID); return err }},
		"AskForKey": {no, func() error { _, err := o.KeyRelease.AskForKey(ctx, "", who, o.done.ID, "lost"); return err }},
		"AllowKey": {no, func() error {
			_, err := o.KeyRelease.AllowKey(ctx, keyrelease.Allowed{By: who, Request: o.done.ID, Allow: true})
			return err
		}},
		"ReportKey": {no, func() error {
			_, err := o.KeyRelease.ReportKey(ctx, keyrelease.Reported{By: who, Request: o.done.ID, Kind: workflows.ReportOpened})
			return err
		}},
		"MayRevoke":        {no, func() error { return orNil(o.Issuance.MayRevoke(who, o.done)) }},
		"Revoke":           {no, func() error { return o.Revoke(who, o.done.ID) }},
		"MayAskRevocation": {no, func() error { return orNil(o.Issuance.MayAskRevocation(who, o.done, "superseded")) }},
		"AskRevocation": {no, func() error {
			_, err := o.Issuance.AskRevocation(ctx, issuance.RevokeOrder{By: who, Request: o.done.ID, Reason: "superseded"})
			return err
		}},
		"RefuseRevocation": {no, func() error { _, err := o.Issuance.RefuseRevocation(ctx, "", who, o.done.ID, 0); return err }},
		"Revocable": {team, func() error {
			list, err := o.Issuance.Revocable(ctx, who)
			return onlyOwn(who, issuance.Home{Others: list}, err)
		}},
		"KeepRemark": {workflows.Conflict, func() error { // of what is undecided anybody may say something
			_, err := o.Issuance.KeepRemark(ctx, "", who, o.done.ID, "mine")
			return err
		}},
		"MayConfirm":  {no, func() error { return orRefused(o.Lists.MayConfirm(who, o.owed)) }},
		"RevokedAtCA": {no, func() error { _, err := o.Issuance.RevokedAtCA(ctx, "", who, o.owed.ID); return err }},
		"UnusedRevoked": {no, func() error {
			_, err := o.Issuance.UnusedRevoked(ctx, "", who, o.stray.ID, o.stray.Unused[0].SHA256())
			return err
		}},
		"Settle": {no, func() error {
			_, err := o.Issuance.Settle(ctx, issuance.Settled{By: who, Request: o.held.ID, Mark: o.held.Mismatch.Mark(), Accept: true})
			return err
		}},
		"GiveCertificate": {no, func() error {
			_, err := o.Issuance.GiveCertificate(ctx, "", who, workflows.Certificate{Leaf: o.returned, Chain: [][]byte{o.chain.Raw}})
			return err
		}},
		"GiveChain":  {none, func() error { _, err := o.Issuance.GiveChain(ctx, "", who, []*x509.Certificate{o.chain}); return err }},
		"GiveCSR":    {no, func() error { _, err := o.Issuance.GiveCSR(ctx, "", who, o.device.ID, o.csr); return err }},
		"MayGiveCSR": {no, func() error { return o.Issuance.MayGiveCSR(ctx, who, o.device.ID) }},
		"DropCSR": {no, func() error {
			_, err := o.Inbox.DropCSR(ctx, workflows.Message{By: who, Lang: "en", Text: PemOf("CERTIFICATE REQUEST", o.csr)}, o.device.ID)
			return err
		}},
		"DropFile": {no, func() error {
			return o.Inbox.DropFile(ctx, workflows.Message{By: who, Lang: "en"}, o.device.ID, "F1", "V1")
		}},
		"TakeCSR": {no, func() error {
			var refused *workflows.Error
			err := o.Inbox.TakeCSR(ctx, workflows.Effect{Key: "files/x"}, workflows.Message{By: who, Place: InThread, Lang: "en"}, o.device.ID,
				[]workflows.File{{Name: "a.csr", Data: []byte(PemOf("CERTIFICATE REQUEST", o.csr))}}, func(_ workflows.Request, no *workflows.Error) bool {
					refused = no
					return true
				})
			if refused != nil {
				return refused
			}
			return err
		}},

		"Conversation": {no, func() error { _, err := o.Intake.Conversation(ctx, who, o.form.ID); return err }},
		"Reopen":       {no, func() error { _, err := o.Intake.Reopen(ctx, "", who, o.form.ID, "nodes"); return err }},
		"Leave":        {no, func() error { return o.Intake.Leave(ctx, who, o.form.ID) }},
		"RenewInstead": {no, func() error {
			_, err := o.Inbox.RenewInstead(ctx, intake.Started{By: who}, o.form.ID, o.done.ID)
			return err
		}},
		"Recall":   {no, func() error { _, err := o.Intake.Recall(ctx, "", who, o.form.ID, "portal.example.org"); return err }},
		"PostPlan": {no, func() error { return o.Intake.PostPlan(ctx, "", who, o.form.ID) }},
		"Reply": {no, func() error {
			_, err := o.Intake.Reply(ctx, intake.Replied{By: who, ID: o.form.ID, Text: "cancel", Label: label})
			return err
		}},
		"Page": {no, func() error {
			_, _, err := o.Intake.Page(ctx, intake.Paged{By: who, ID: o.form.ID, Step: intake.StepWho, Partial: true})
			return err
		}},
		"Take": {no, func() error {
			_, err := o.Intake.Take(ctx, intake.Taking{By: who, ID: o.form.ID, No: true})
			return err
		}},
		"Send": {no, func() error {
			_, err := o.Intake.Send(ctx, intake.Sending{By: who, ID: o.form.ID, Plan: intake.PlanHash(o.Intake.PlanOf(o.form))})
			return err
		}},

		"MayTeach":   {no, func() error { return o.Lessons.MayTeach(who) }},
		"LessonFrom": {no, func() error { _, _, err := o.Lessons.LessonFrom(ctx, who, o.kase.ID); return err }},
		"Teach": {no, func() error {
			l := o.lesson
			l.By, l.Cause = who, "another-cause"
			_, err := o.Lessons.Teach(ctx, l)
			return err
		}},
		"Review": {no, func() error {
			_, err := o.Lessons.Review(ctx, support.Reviewed{By: who, ID: o.taught.ID, Approve: true})
			return err
		}},

		// A case is the team's: whoever stands beside it may help. How it ended is said by one.
		"Feedback": {workflows.Conflict, func() error { _, err := o.Support.Feedback(ctx, "", who, o.ended.ID, "wrong", ""); return err }},
		"AnswerCase": {team, func() error {
			_, err := o.Support.AnswerCase(ctx, "", who, o.kase.ID, "verify-reason", support.Unsure)
			return err
		}},
		"ClearAnswers": {team, func() error { _, err := o.Support.ClearAnswers(ctx, "", who, o.kase.ID); return err }},
		"Tick": {team, func() error {
			_, err := o.Support.Tick(ctx, support.Ticked{By: who, Case: o.ended.ID, Cause: "expired", Step: 1})
			return err
		}},
		"PostCase": {team, func() error { return o.Support.PostCase(ctx, "", who, o.kase.ID, support.PostLong) }},
		"Probe":    {team, func() error { return o.Support.Probe(ctx, "", who, o.kase.ID, "edge.lab.example.com:8443") }},
		"Remedy": {team, func() error {
			c, err := o.Inbox.Remedy(ctx, intake.Started{By: who, Lang: "en"}, o.kase.ID)
			return orOthers(err, c.Person != who || c.Replaces != nil)
		}},
		// What is somebody's own, whatever stands open for others.
		"Start": {team, func() error {
			c, err := o.Intake.Start(ctx, intake.Started{By: who, Lang: "en", Answers: Portal()})
			return orOthers(err, c.Person != who)
		}},
		"Diagnose": {team, func() error {
			c, err := o.Support.Diagnose(ctx, support.Pasted{By: who, Lang: "en", Text: "certificate has expired"})
			return orOthers(err, c.Person != who)
		}},
		"OpenCase": {team, func() error {
			_, err := o.Support.OpenCase(ctx, support.Pasted{By: who, Place: InThread, Lang: "en", Text: "certificate has expired"}, nil)
			return err
		}},
		"OpenInspection": {team, func() error {
			return o.Support.OpenInspection(ctx, support.Pasted{By: who, Place: InThread, Lang: "en", Text: PemOf("CERTIFICATE", o.returned)}, nil)
		}},
		"Broken": {team, func() error {
			o.Support.Broken(ctx, support.Pasted{By: who, Place: InThread, Lang: "en"}, &support.Attached{}) // says, and keeps nothing
			_, err := o.Lists.List(ctx, who, issuance.ListQuery{})
			return err
		}},
		"Remark": {team, func() error { // in a channel the team works on a case together
			return o.Support.Remark(ctx, workflows.Message{By: who, Place: InThread, Lang: "en", Text: "certificate has expired"}, o.kase.ID, nil)
		}},
		"RemarkedCase": {team, func() error {
			var c workflows.Case
			err := o.DB.View(ctx, func(rd workflows.Reader) (err error) {
				c, err = o.Support.RemarkedCase(ctx, rd, workflows.Message{By: who, Place: workflows.Place{Channel: o.ended.Place.Channel}, Direct: true, Text: "solved"})
				return err
			})
			return orOthers(errors.Join(err, orNil(o.Refusal(who))), c.ID != "")
		}},
		"ProbeFor": {team, func() error {
			return o.Support.ProbeFor(ctx, workflows.Message{By: who, Place: InThread}, o.ended.ID, "b.lab.example.com:8443")
		}},
		"ProbeAnew": {team, func() error {
			return o.Support.ProbeAnew(ctx, workflows.Message{By: who, Place: InThread, Lang: "en"}, "b.lab.example.com:8443")
		}},
		"Back": {no, func() error { _, err := o.Intake.Back(ctx, "", who, o.form.ID); return err }},
		"Drop": {no, func() error { _, err := o.Intake.Drop(ctx, "", who, o.form.ID); return err }},
		"Move": {no, func() error {
			_, err := o.Intake.Move(ctx, "", who, o.form.ID, workflows.Place{Channel: "D666"})
			return err
		}},
		"Receive": {team, func() error {
			return o.Inbox.Receive(ctx, workflows.Message{By: who, Place: InThread, Lang: "en", Text: "cancel", Label: label})
		}},
		"Overhear": {team, func() error {
			return o.Inbox.Overhear(ctx, workflows.Message{Receipt: workflows.Receipt("overheard/" + who.String()), By: who, Place: InThread, Lang: "en", Text: "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----"})
		}},
		"ReceiveDirect": {team, func() error {
			_, err := o.Inbox.ReceiveDirect(ctx, workflows.Message{Receipt: "direct", By: who, Lang: "en", Text: "certificate has expired"}, inbox.DirectDiagnose)
			return err
		}},
		"RunErrand": {team, func() error {
			return o.Inbox.RunErrand(ctx, inbox.Errand{ID: "Fx" + who.String(), By: who, Lang: "en", Said: "a certificate"})
		}},
		"DiagnoseThis": {team, func() error {
			return o.Inbox.DiagnoseThis(ctx, support.Pasted{Receipt: workflows.Receipt("this/" + who.String()), By: who, Place: InThread, Lang: "en", Text: "certificate has expired"})
		}},
		"TakeDirect": {team, func() error { // a conversation of another is not moved; who it is was asked when it was committed
			body := workflows.Direct{Person: who, Conversation: o.form.ID, What: inbox.DirectMove}
			return o.Inbox.TakeDirect(ctx, workflows.Effect{ID: 1 << 41, Key: "planted-move-" + who.ID}, body, workflows.Message{By: who, Place: workflows.Place{Channel: "D666"}})
		}},
		"ReceiveFiles": {team, func() error {
			return o.Inbox.ReceiveFiles(ctx, workflows.Message{By: who, Place: InThread, Direct: true}, []string{"F1"})
		}},
		"TakeFiles": {team, func() error {
			e := workflows.Effect{ID: 1 << 40, Key: "planted"}
			if err := o.Inbox.TakeFiles(ctx, e, workflows.Message{By: who, Place: InThread}, []workflows.File{{Name: "a.pem", Data: []byte(PemOf("CERTIFICATE", o.returned, o.chain.Raw))}}); workflows.CodeOf(err) != workflows.Conflict {
				return err // else only the planted effect was not there to be ended
			}
			return nil
		}},
	}
}
