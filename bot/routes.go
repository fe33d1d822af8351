package bot

import (
	"context"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// routes says which handler does which action. An action that is not here, or whose value
// cannot be read, is acknowledged and logged without content.
func (b *clicks) routes() map[string]handler {
	requests, groups, keys, turns, answers, lessons := requestClicks{b}, groupClicks{b}, keyClicks{b}, turnClicks{b}, caseClicks{b}, lessonClicks{b}
	return map[string]handler{
		valueID: b.pageRedrawn,

		actNew:      requests.newRequest,
		actDiagnose: answers.diagnoseForm,

		actShow:    on(b, readRequest, requests.showRequest),
		actApprove: on(b, readShown, requests.verdict(workflows.Approve)),
		actResume:  on(b, readShown, requests.verdict(workflows.Resume)),
		actReject:  on(b, readShown, requests.verdictForm(workflows.Reject)),
		actHold:    on(b, readShown, requests.verdictForm(workflows.Hold)),
		actAsk:     on(b, readRequest, b.asks(viewAsk, "bot.ask")),
		actAnswer:  on(b, readRequest, b.asks(viewAnswer, "bot.answer")),
		actCancel:  on(b, readRequest, requests.cancel),
		actGiveUp:  on(b, readRequest, requests.giveUp),
		actInstall: on(b, readRequest, requests.install),
		actCSR:     on(b, readRequest, requests.csrForm),
		actRenew:   on(b, readRequest, requests.renew),
		actStep:    on(b, readRequestStep, groups.tick),

		actGroupApprove: on(b, readGroup, groups.verdict(workflows.Approve)),
		actGroupExcept:  on(b, readGroup, groups.exceptForm),
		actGroupReject:  on(b, readGroup, groups.verdictForm(workflows.Reject)),
		actGroupHold:    on(b, readGroup, groups.verdictForm(workflows.Hold)),
		actGroupResume:  on(b, readGroup, groups.verdict(workflows.Resume)),
		actGroupCancel:  on(b, readGroup, groups.cancel),
		actGroupKeys:    on(b, readGroup, groups.keys),
		actGroupInstall: on(b, readGroup, groups.install),
		actGroupShow:    on(b, readGroup, groups.show),

		actAccept:        on(b, readShown, requests.settle(true)),
		actTurnAway:      on(b, readShown, requests.settle(false)),
		actUnusedRevoked: on(b, readShown, requests.unusedRevoked),
		actRevoke:        on(b, readRequest, requests.revokeForm),
		actRevokedCA:     on(b, readRequest, requests.revokedAtCA),

		actAskRevocation:    on(b, readRequest, requests.askRevocationForm),
		actRefuseRevocation: on(b, readNumbered, requests.refuseRevocation),

		actKey:       on(b, readRequest, keys.release),
		actKeyAgain:  on(b, readRequest, b.asks(viewKeyAgain, "bot.again")),
		actKeyAllow:  on(b, readNumbered, keys.allowKey(true)),
		actKeyRefuse: on(b, readNumbered, keys.allowKey(false)),
		actKeyOpened: on(b, readNumbered, keys.reportKey(workflows.ReportOpened)),
		actKeyNotMe:  on(b, readNumbered, keys.reportKey(workflows.ReportNotMe)),
		actKeyNoWork: on(b, readNumbered, keys.reportKey(workflows.ReportNoWork)),

		actChoose:  on(b, readTurn, turns.choose),
		actPick:    on(b, readTurn, turns.pick),
		actMore:    on(b, readTurn, turns.pickedAll),
		actSkip:    on(b, readTurn, turns.skip),
		actBack:    on(b, readTurn, turns.back),
		actDrop:    on(b, readTurn, turns.drop),
		actEdit:    on(b, readTurn, turns.edit),
		actSend:    on(b, readTurn, turns.send),
		actTake:    on(b, readProposed, turns.take(false)),
		actNo:      on(b, readProposed, turns.take(true)),
		actRecall:  on(b, readTurn, turns.recall),
		actPlan:    on(b, readTurn, turns.plan),
		actInstead: on(b, readTurn, turns.renewInstead),
		actWizard:  on(b, readTurn, turns.openForm),

		actCaseAnswer:   on(b, readChosen, answers.answerCase),
		actCaseAgain:    on(b, readName, answers.clearAnswers),
		actCaseTick:     on(b, readFixStep, answers.tick),
		actCaseSolved:   on(b, readName, answers.solved), // of messages that an earlier version posted
		actCaseWrong:    on(b, readName, answers.wrongForm),
		actCaseFeedback: on(b, readFeedback, answers.feedback),
		actCaseLong:     on(b, readName, answers.postCase(actCaseLong)),
		actCaseHand:     on(b, readName, answers.postCase(actCaseHand)),
		actCaseProbe:    on(b, readHost, answers.probe),
		actCaseRemedy:   on(b, readName, answers.remedy),
		actCaseTeach:    on(b, readName, lessons.lessonForm),

		actTeachApprove: on(b, readName, lessons.approveLesson),
		actTeachReject:  on(b, readName, lessons.rejectLesson),
	}
}

// submissions says which handler takes which modal, by its callback ID.
func (b *clicks) submissions() map[string]func(context.Context, submission) (any, bool) {
	requests, groups, keys, answers, lessons := requestClicks{b}, groupClicks{b}, keyClicks{b}, caseClicks{b}, lessonClicks{b}
	return map[string]func(context.Context, submission) (any, bool){
		viewPage:   b.pageSubmitted,
		viewReview: b.reviewSubmitted,
		viewReason: b.taken(requests.decide),
		viewAsk:    b.taken(requests.ask),
		viewAnswer: b.taken(requests.answer),
		viewRevoke: b.taken(requests.revoke),
		viewExcept: b.taken(groups.except),
		viewAll:    b.taken(groups.decide),
		viewCSR:    requests.csrSubmitted,

		viewAskRevocation: b.taken(requests.askRevocation),
		viewKeyAgain:      b.taken(keys.askForKey),
		viewDiagnose:      answers.diagnoseSubmitted,
		viewWrong:         b.taken(answers.wrong),
		viewTeach:         lessons.teachSubmitted,
		viewTeachReject:   b.taken(lessons.reject),
		viewDone: func(context.Context, submission) (any, bool) {
			return slack.NewClearViewSubmissionResponse(), true
		},
	}
}
