package workflows

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// How it went, as people remark it in a thread.
const (
	wentWell = "solved"
	stuck    = "stuck"
)

var (
	stuckRemark = regexp.MustCompile(`(?i)\b(?:did(?:n['’]?t| not)|does(?:n['’]?t| not)|won['’]?t) (?:help|work|change|fix)|\bno (?:luck|joy|change|difference|effect|success)\b|\bstill (?:the same|not|no|broken|failing|fails?|down|wrong|an error|happening|there)\b|\bsame (?:error|problem|issue|result|thing)\b|\bnot (?:fixed|solved|working|resolved|it)\b|\bis(?:n['’]?t| not) (?:fixed|solved|working)|\btried (?:that|it|all)\b|\bhilft nicht|\bgeht (?:immer noch )?nicht|(?:还是|還是|仍然|依然|依旧|依舊)(?:不|没|沒|一样|一樣|报|報|失败|失敗)|没用|沒用|不管用|没有?(?:帮助|效果|解决)|沒有?(?:幫助|效果|解決)|无效|無效|不行`)
	wellRemark  = regexp.MustCompile(`(?i)\b(?:solved|fixed|resolved|sorted)\b|\bworks? (?:now|again|fine)\b|\bworking (?:now|again|fine)\b|\b(?:it|that|everything) works\b|\bthat (?:was|did) it\b|\ball (?:good|green)(?: now)?\b|\bback (?:up|online)\b|\b(?:geht|läuft) (?:jetzt|wieder)|解决了|解決了|搞定|可以了|好了|恢复了|恢復了|正常了|成功了`)
)

// readOutcome takes a short remark on how it went; "" for anything else, questions
// among it.
func readOutcome(text string) string {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > longRemark || strings.ContainsAny(text, "\n?？") {
		return ""
	}
	switch {
	case stuckRemark.MatchString(text):
		return stuck
	case wellRemark.MatchString(text):
		return wentWell
	}
	return ""
}

// remarkOutcome records that a case is solved, or says what to do next where the answer
// did not help. A remark is no evidence: it never becomes part of the case's text.
func (s *Service) remarkOutcome(ctx context.Context, in Heard, id, outcome string) error {
	return s.changeCase(ctx, in.Receipt, in.By, "case", id, func(old Case) func(time.Time) (Change, error) {
		place := in.Place
		if place.Thread == "" {
			place = old.Place
		}
		say := effect(Notify, id, KindReply, id+"/"+outcome+"/"+string(in.Receipt), Body{Person: in.By, Place: &place, Lang: old.Lang, Event: "case_" + outcome + ":" + id})
		if outcome == stuck || old.Outcome != "" || old.Inspecting() {
			return func(time.Time) (Change, error) { return Change{Effects: []Effect{say}}, nil }
		}
		next := old
		next.Outcome, next.Ended = "solved", in.By
		a := s.Explain(ctx, next)
		next.Cause = firstCause(a)
		return func(now time.Time) (Change, error) {
			next.Updated = now
			return Change{Cases: []Case{next}, Effects: append(s.shown(next, a), say),
				Audit: []Audit{{At: now, Actor: in.By, Verb: "case", Subject: id, Detail: detail("cause", next.Cause, "outcome", next.Outcome)}}}, nil
		}
	})
}
