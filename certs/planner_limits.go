package certs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

func (f *specBuilder) usages() {
	f.s.EKU, f.s.MayEKU = f.usage(f.j.profile.EKU)
	f.s.KU, f.s.MayKU = f.usage(f.j.profile.KU)
}

func (f *specBuilder) usage(rules []UsageRule) (asked []Usage, may []string) {
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.ID] || !r.When.holds(f.j.s) {
			continue
		}
		seen[r.ID] = true
		switch r.Need {
		case Required, Wanted:
			asked = append(asked, Usage{ID: r.ID, Optional: r.Need == Wanted, Reason: r.Reason, Source: f.b.c.cite(r.Source)})
		case Allowed:
			may = append(may, r.ID)
		}
	}
	return asked, may
}

// limits holds the whole against what the product and the CA take.
func (f *specBuilder) limits() {
	f.keyLimit()
	plain, shown := 0, 0
	for i, n := range f.s.Names {
		if i > 0 {
			plain, shown = plain+1, shown+2 // "," in the form field; ", " in the decoded view
		}
		plain += len(n.Value)
		shown += len(n.Value) + len(namePrefix(n.Type))
	}
	if limit := f.j.profile.Limits.SANCharacters; limit > 0 && shown > limit {
		severity := Warning
		if plain > limit {
			severity = Error
		}
		f.find(Finding{Rule: "expressway/san-999", Severity: severity, Field: f.b.field("names"), Source: f.b.c.cite(f.j.profile.Limits.Source),
			Text: T("certs.plan.san_characters", "Length", strconv.Itoa(plain), "Shown", strconv.Itoa(shown), "Limit", strconv.Itoa(limit))})
	}
	if rules := PublicRules(f.b.now); f.s.CA == PublicCA && len(f.s.Names) > rules.NamesLimit {
		f.find(Finding{Rule: "names/public-limit", Severity: Warning, Field: f.b.field("names"), Source: rules.NamesSource,
			Text: T("certs.plan.public_names", "Count", strconv.Itoa(len(f.s.Names)), "Limit", strconv.Itoa(rules.NamesLimit))})
	}
}

func namePrefix(t NameType) string {
	return cmp.Or(map[NameType]string{DNS: "DNS:", IP: "IP Address:", Email: "email:", URI: "URI:"}[t], "othername:")
}

func (f *specBuilder) keyLimit() {
	p := f.j.profile
	fits := slices.ContainsFunc(p.Keys, func(k KeyRule) bool { return k.Type == f.s.Key.Type && slices.Contains(k.Sizes, f.s.Key.Size) })
	if fits {
		return
	}
	takes := make([]string, 0, len(p.Keys))
	for _, k := range p.Keys {
		for _, size := range k.Sizes {
			takes = append(takes, Key{Type: k.Type, Size: size}.String())
		}
	}
	wish := f.s.Key
	otherType := !slices.ContainsFunc(p.Keys, func(k KeyRule) bool { return k.Type == wish.Type })
	severity := Error
	if otherType && knownKey(wish) && len(f.j.system.Services) != 1 {
		// a wish for the whole system cannot be meant for a service of the other kind
		severity = Info
		f.s.Key = Key{Type: p.Keys[0].Type, Size: p.Keys[0].Sizes[0]}
	}
	f.find(Finding{Rule: "key/not-taken", Severity: severity, Field: f.b.field("key"), Source: f.b.c.cite(p.Keys[0].Source),
		Text: T("certs.plan.key", "Key", strings.TrimSpace(clip(wish.String())), "Profile", p.ID, "Takes", strings.Join(takes, ", "))})
}

// days stays within the public rules of today where a public CA signs.
func (f *specBuilder) days() {
	days := cmp.Or(f.j.system.Days, f.j.profile.CA.Days, 365)
	if days < 1 || days > 7300 {
		f.find(Finding{Rule: "plan/days", Severity: Error, Field: f.b.field("days"), Text: T("certs.plan.days", "Days", strconv.Itoa(days))})
		days = 365
	}
	rules := PublicRules(f.b.now)
	if f.s.CA == PublicCA && !f.s.BuiltIn {
		if f.j.system.Days > rules.MaxDays {
			f.find(Finding{Rule: "public/days", Severity: Warning, Field: f.b.field("days"), Source: rules.Source,
				Text: T("certs.plan.public_days", "Days", strconv.Itoa(days), "Max", strconv.Itoa(rules.MaxDays), "From", string(rules.From))})
		}
		if f.j.system.Days == 0 || days > rules.MaxDays {
			days = rules.ShouldDays
		}
		if rules.Next != nil {
			f.find(Finding{Rule: "public/days-next", Severity: Info, Source: rules.Source,
				Text: T("certs.plan.public_days_next", "Max", strconv.Itoa(rules.MaxDays), "From", string(rules.Next.From), "Next", strconv.Itoa(rules.Next.MaxDays))})
		}
	}
	f.s.Days = days
}

// notes says what the profile knows about this situation, and what today's public
// CAs make of clientAuth.
func (f *specBuilder) notes() {
	p := f.j.profile
	for _, known := range [][]Note{p.Notes, p.Dangers} {
		for i := range known {
			if n := &known[i]; n.Severity != "" && n.When.holds(f.j.s) {
				f.find(Finding{Rule: n.Rule, Severity: n.Severity, Field: n.Field, Text: n.Text, Source: f.b.c.cite(n.Source)})
			}
		}
	}
	if f.j.system.CA == "" && len(f.j.system.CAFor) == 0 && !f.s.BuiltIn {
		f.find(Finding{Rule: "plan/ca-assumed", Severity: Info, Field: f.b.field("ca"), Text: p.CA.Reason, Source: f.b.c.cite(p.CA.Source)})
	}
	if f.s.CA == PublicCA && !f.s.BuiltIn {
		if slices.Contains(usageIDs(f.s.EKU), "clientAuth") {
			f.clientAuth()
		}
		f.publicUsages()
	}
	if f.s.Key.Type == "ecdsa" && p.Device && f.s.CA == PublicCA {
		f.find(Finding{Rule: "key/ecdsa-encipherment", Severity: Warning, Source: "RFC 8813 3; " + f.b.c.cite(Sources{"S004"}),
			Text: T("certs.plan.ecdsa_encipherment")})
	}
}

// publicUsages names usages that the Baseline Requirements advise CAs against.
func (f *specBuilder) publicUsages() {
	var odd []string
	for _, id := range append(usageIDs(f.s.EKU), usageIDs(f.s.KU)...) {
		if !slices.Contains([]string{"serverAuth", "clientAuth", "digitalSignature", "keyEncipherment"}, id) {
			odd = append(odd, id)
		}
	}
	if len(odd) > 0 {
		f.find(Finding{Rule: "public/usages", Severity: Warning, Field: f.b.field("ca"), Source: "CA/B Forum BR 7.1.2.7.10, 7.1.2.7.11",
			Text: T("certs.plan.public_usages", "Usages", strings.Join(odd, ", "))})
	}
}

func (f *specBuilder) clientAuth() {
	rules := PublicRules(f.b.now)
	var still, gone, sources []string
	for _, c := range rules.ClientAuth {
		if c.Given(f.b.now) {
			still = append(still, c.Who+" ("+string(c.LastDay)+")")
		} else {
			gone = append(gone, c.Who+" ("+string(c.LastDay)+")")
		}
		sources = append(sources, c.Source)
	}
	f.find(Finding{Rule: "public/client-auth", Severity: Warning, Field: f.b.field("ca"), Source: strings.Join(sources, "; "),
		Text: T("certs.plan.public_client_auth", "Still", orDash(still), "Gone", orDash(gone),
			"Roots", strings.Join(rules.ClientRoots, "; "), "AsOf", string(rules.AsOf))})
}

func orDash(all []string) string {
	return cmp.Or(strings.Join(all, ", "), "-")
}
