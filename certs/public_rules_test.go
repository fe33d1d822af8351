package certs

import (
	"testing"
	"time"
)

func at(day string) time.Time {
	when, err := time.Parse(time.DateTime, day+" 00:00:00")
	if err != nil {
		panic(err)
	}
	return when
}

func TestPublicRules(t *testing.T) {
	for _, r := range []struct {
		day               string
		max, should, next int
	}{
		{"2019-01-01", 398, 397, 200}, {"2026-03-14", 398, 397, 200}, {"2026-03-15", 200, 199, 100}, {"2027-03-14", 200, 199, 100},
		{"2027-03-15", 100, 99, 47}, {"2029-03-14", 100, 99, 47}, {"2029-03-15", 47, 46, 0}, {"2040-01-01", 47, 46, 0},
	} {
		got := PublicRules(at(r.day))
		next := 0
		if got.Next != nil {
			next = got.Next.MaxDays
		}
		if got.MaxDays != r.max || got.ShouldDays != r.should || next != r.next {
			t.Errorf("%s: %d, %d, next %d", r.day, got.MaxDays, got.ShouldDays, next)
		}
		if got.Source == "" || got.AsOf == "" || len(got.ClientAuth) < 5 || len(got.ClientRoots) < 4 {
			t.Errorf("%s: facts are missing: %+v", r.day, got)
		}
	}
	for _, row := range readPublicRules().Lifetime {
		if _, err := time.Parse(time.DateOnly, string(row.From)); err != nil {
			t.Error(err)
		}
	}
	for _, c := range PublicRules(today).ClientAuth {
		if c.Given(c.LastDay.Time().AddDate(0, 0, 2)) || !c.Given(c.LastDay.Time()) || c.Source == "" || c.LastDay.Time().IsZero() {
			t.Errorf("%+v", c)
		}
	}
}

// The lifetime of a plan follows the date that it is made on.
func TestPlanFollowsTheDate(t *testing.T) {
	c := load(t)
	for day, want := range map[string]int{"2026-01-01": 397, "2026-11-21": 199, "2027-06-01": 99, "2030-01-01": 46} {
		p := c.Plan(one("generic", ca(PublicCA)), at(day))
		if p.Specs[0].Days != want {
			t.Errorf("%s: %d days, want %d", day, p.Specs[0].Days, want)
		}
	}
}
