package bot

import (
	"context"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// routes says which handler does which action. An action that is not here is acknowledged,
// counted and logged without content.
func (b *clicks) routes() map[string]handler {
	requests, keys, turns, answers, lessons := requestClicks{b}, keyClicks{b}, turnClicks{b}, caseClicks{b}, lessonClicks{b}
	return map[string]handler{
		valueID: b.pageRedrawn,

		actNew:      requests.newRequest,
		actDiagnose: answers.diagnoseForm,

		actShow:    on(readRequest, requests.showRequest),
		actApprove: on(readShown, requests.verdict(workflows.Approve)),
		actResume:  on(readShown, requests.verdict(workflows.Resume)),
		actReject:  on(readShown, requests.verdictForm(workflows.Reject)),
		actHold:    on(readShown, requests.verdictForm(workflows.Hold)),
		actAsk:     on(readRequest, b.asks(viewAsk, "bot.ask")),
		actAnswer:  on(readRequest, b.asks(viewAnswer, "bot.answer")),
		actCancel:  on(readRequest, requests.cancel),
		actGiveUp:  on(readRequest, requests.giveUp),
		actInstall: on(readRequest, requests.install),
		actRenew:   on(readRequest, requests.renew),

		actAccept:        on(readShown, requests.settle(true)),
		actTurnAway:      on(readShown, requests.settle(false)),
		actUnusedRevoked: on(readShown, requests.unusedRevoked),
		actRevoke:        on(readRequest, requests.revokeForm),
		actRevokedCA:     on(readRequest, requests.revokedAtCA),

		actKey:       on(readRequest, keys.release),
		actKeyAgain:  on(readRequest, b.asks(viewKeyAgain, "bot.again")),
		actKeyAllow:  on(readNumbered, keys.allowKey(true)),
		actKeyRefuse: on(readNumbered, keys.allowKey(false)),
		actKeyOpened: on(readNumbered, keys.reportKey(workflows.ReportOpened)),
		actKeyNotMe:  on(readNumbered, keys.reportKey(workflows.ReportNotMe)),
		actKeyNoWork: on(readNumbered, keys.reportKey(workflows.ReportNoWork)),

		actChoose: on(readTurn, turns.choose),
		actPick:   on(readTurn, turns.pick),
		actMore:   on(readTurn, turns.pickedAll),
		actSkip:   on(readTurn, turns.skip),
		actBack:   on(readTurn, turns.back),
		actDrop:   on(readTurn, turns.drop),
		actEdit:   on(readTurn, turns.edit),
		actSend:   on(readTurn, turns.send),
		actTake:   on(readProposed, turns.take(false)),
		actNo:     on(readProposed, turns.take(true)),
		actRecall: on(readTurn, turns.recall),
		actPlan:   on(readTurn, turns.plan),
		actWizard: on(readTurn, turns.openForm),

		actCaseAnswer: on(readChosen, answers.answerCase),
		actCaseAgain:  on(readName, answers.clearAnswers),
		actCaseTick:   on(readFixStep, answers.tick),
		actCaseSolved: on(readName, answers.solved),
		actCaseWrong:  on(readName, answers.wrongForm),
		actCaseLong:   on(readName, answers.postCase(actCaseLong)),
		actCaseHand:   on(readName, answers.postCase(actCaseHand)),
		actCaseProbe:  on(readHost, answers.probe),
		actCaseRemedy: on(readName, answers.remedy),
		actCaseTeach:  on(readName, lessons.lessonForm),

		actTeachApprove: on(readName, lessons.approveLesson),
		actTeachReject:  on(readName, lessons.rejectLesson),
	}
}

// submissions says which handler takes which modal, by its callback ID.
func (b *clicks) submissions() map[string]func(context.Context, submission) (any, bool) {
	requests, keys, answers, lessons := requestClicks{b}, keyClicks{b}, caseClicks{b}, lessonClicks{b}
	return map[string]func(context.Context, submission) (any, bool){
		viewPage:        b.pageSubmitted,
		viewReview:      b.reviewSubmitted,
		viewReason:      b.taken(requests.decide),
		viewAsk:         b.taken(requests.ask),
		viewAnswer:      b.taken(requests.answer),
		viewRevoke:      b.taken(requests.revoke),
		viewKeyAgain:    b.taken(keys.askForKey),
		viewDiagnose:    answers.diagnoseSubmitted,
		viewWrong:       b.taken(answers.wrong),
		viewTeach:       lessons.teachSubmitted,
		viewTeachReject: b.taken(lessons.reject),
		viewDone: func(context.Context, submission) (any, bool) {
			return slack.NewClearViewSubmissionResponse(), true
		},
	}
}
