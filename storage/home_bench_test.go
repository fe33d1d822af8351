package storage

import (
	"context"
	"testing"
	"time"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

// groups knows everybody, and has one person in every group.
type groups struct {
	workflows.Membership
	member workflows.Person
}

func (groups) Profile(p workflows.Person) (workflows.Profile, bool) {
	return workflows.Profile{Person: p}, true
}

func (g groups) Members(string) ([]workflows.Person, bool) {
	return []workflows.Person{g.member}, true
}

// benchHome measures App Home and /cert list as people have them, of an approver with 2,500
// requests of their own.
func benchHome(b *testing.B, d *DB) {
	b.Helper()
	ctx := context.Background()
	who := workflows.Person{Team: "T2", ID: "U41"}
	k := &workflows.Kernel{Team: "T2", Store: d, Directory: groups{member: who}, Now: time.Now}
	for _, name := range []string{"p0", "p1", "rare"} {
		k.Policies = append(k.Policies, workflows.Policy{Name: name, Approvers: "pki", Owners: "team"})
	}
	lists := issuance.Lists{Kernel: k}
	b.Run("home", func(b *testing.B) {
		tasks := 0
		percentiles(b, func() error {
			h, err := lists.HomeOf(ctx, who)
			tasks = len(h.Work)
			return err
		})
		b.ReportMetric(float64(tasks), "rows")
	})
	for _, whose := range []issuance.Whose{issuance.Mine, issuance.Team, issuance.All} {
		for _, which := range []issuance.Which{issuance.Any, issuance.Open, issuance.Current, issuance.Expiring} {
			b.Run("command/"+string(whose)+"-"+string(which), func(b *testing.B) {
				count := 0
				percentiles(b, func() error {
					l, err := lists.List(ctx, who, issuance.ListQuery{Whose: whose, Which: which})
					count = l.Count
					return err
				})
				b.ReportMetric(float64(count), "counted")
			})
		}
	}
}
