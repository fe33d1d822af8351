package check

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/certs"
)

// dated applies the rules of the public web that change by date: the lifetime by the
// day of issue, the client usage by authority. The data is in certs.PublicRules.
func dated(it *Item, now time.Time) []certs.Finding {
	if isCA, _ := it.raw.basic(); isCA {
		return nil
	}
	return append(lifetimeRule(it), clientAuthRule(it, now)...)
}

func lifetimeRule(it *Item) []certs.Finding {
	rules := certs.PublicRules(it.raw.notBefore)
	days := certs.LifetimeDays(it.raw.notBefore, it.raw.notAfter)
	args := []string{"Days", strconv.Itoa(days), "Limit", strconv.Itoa(rules.MaxDays), "From", string(rules.From), "AsOf", string(rules.AsOf)}
	if days > rules.MaxDays {
		return []certs.Finding{sourced(finding("lint.lifetime", certs.Error, args...), rules.Source)}
	}
	if days > rules.ShouldDays {
		return []certs.Finding{sourced(finding("lint.lifetime-edge", certs.Info, args...), rules.Source)}
	}
	return nil
}

// clientAuthRule says whether a public certificate may have clientAuth, and for how
// much longer the like of it can be had.
func clientAuthRule(it *Item, now time.Time) []certs.Finding {
	if !slices.Contains(it.raw.extKeyUsage(), "clientAuth") {
		return nil
	}
	rules := certs.PublicRules(now)
	issuer := strings.ToLower(dnString(it.raw.issuer))
	var program *certs.ClientAuth
	for i, c := range rules.ClientAuth {
		who := strings.ToLower(c.Who)
		if strings.Contains(who, "root program") {
			program = &rules.ClientAuth[i]
			continue
		}
		if !strings.Contains(issuer, who) {
			continue
		}
		args := []string{"Who", c.Who, "Date", string(c.LastDay), "AsOf", string(rules.AsOf)}
		rule := "lint.client-auth-soon"
		if !c.Given(now) {
			rule = "lint.client-auth-over"
		}
		if !c.Sure {
			rule += "-unsure"
		}
		return []certs.Finding{sourced(finding(rule, certs.Warning, args...), c.Source)}
	}
	if program == nil {
		return nil
	}
	args := []string{"Who", program.Who, "Date", string(program.LastDay), "AsOf", string(rules.AsOf)}
	if it.raw.notBefore.After(program.LastDay.Time().AddDate(0, 0, 1)) {
		return []certs.Finding{sourced(finding("lint.client-auth-forbidden", certs.Error, args...), program.Source)}
	}
	return []certs.Finding{sourced(finding("lint.client-auth-soon", certs.Warning, args...), program.Source)}
}
