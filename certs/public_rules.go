package certs

import (
	_ "embed"
	"fmt"
	"sync"
	"time"
)

//go:embed public_rules.yaml
var publicRulesYAML []byte

// Rules is what the public web PKI allows on one day.
type Rules struct {
	From        Day          `json:"from"`         // the day since when the lifetimes count
	MaxDays     int          `json:"max_days"`     // longest lifetime; a day is 86,400 s and a part of one counts whole
	ShouldDays  int          `json:"should_days"`  // what CAs are advised to stay at
	ReuseDays   int          `json:"reuse_days"`   // how long a proof of a domain may be used again
	Next        *Lifetime    `json:"next"`         // the next change, nil when none is known
	ClientAuth  []ClientAuth `json:"client_auth"`  // who still gives clientAuth, and until when
	ClientRoots []string     `json:"client_roots"` // hierarchies that still give it
	NamesLimit  int          `json:"names_limit"`  // names that common CAs take in one certificate
	NamesSource string       `json:"names_source"` //
	Source      string       `json:"source"`       //
	AsOf        Day          `json:"as_of"`        // when the facts were read
}

// Lifetime is one row of the lifetime rules.
type Lifetime struct {
	From       Day `yaml:"from" json:"from"`
	MaxDays    int `yaml:"max_days" json:"max_days"`
	ShouldDays int `yaml:"should_days" json:"should_days"`
	ReuseDays  int `yaml:"reuse_days" json:"reuse_days"`
}

// ClientAuth says how long one authority gives the clientAuth usage.
type ClientAuth struct {
	Who        string `yaml:"who" json:"who"`
	DefaultOff Day    `yaml:"default_off" json:"default_off"` // left out unless asked for since then
	LastDay    Day    `yaml:"last_day" json:"last_day"`       // not to be had at all afterwards
	Sure       bool   `yaml:"sure" json:"sure"`               // read in a primary source
	Source     string `yaml:"source" json:"source"`
}

// Day is a date, YYYY-MM-DD, in UTC.
type Day string

// Time is the first instant of the day.
func (d Day) Time() time.Time { t, _ := time.Parse(time.DateOnly, string(d)); return t }

type publicRules struct {
	AsOf           Day          `yaml:"as_of"`
	Lifetime       []Lifetime   `yaml:"lifetime"`
	LifetimeSource string       `yaml:"lifetime_source"`
	ClientAuth     []ClientAuth `yaml:"client_auth"`
	ClientRoots    []string     `yaml:"client_auth_roots"`
	NamesLimit     int          `yaml:"names_limit"`
	NamesSource    string       `yaml:"names_source"`
}

// The file is embedded and its test reads it, so a fault in it cannot reach a user.
var readPublicRules = sync.OnceValue(func() publicRules {
	var r publicRules
	if err := strict(publicRulesYAML, &r); err != nil {
		panic(fmt.Sprintf("certs: public_rules.yaml: %v", err))
	}
	return r
})

// PublicRules gives what publicly trusted CAs may issue on the date now. Do not
// change what it points to.
func PublicRules(now time.Time) Rules {
	all := readPublicRules()
	r := Rules{ClientAuth: all.ClientAuth, ClientRoots: all.ClientRoots, NamesLimit: all.NamesLimit,
		NamesSource: all.NamesSource, Source: all.LifetimeSource, AsOf: all.AsOf}
	for i, row := range all.Lifetime {
		if now.Before(row.From.Time()) && i > 0 {
			r.Next = &all.Lifetime[i]
			break
		}
		r.From, r.MaxDays, r.ShouldDays, r.ReuseDays = row.From, row.MaxDays, row.ShouldDays, row.ReuseDays
	}
	return r
}

// Given reports whether the authority still gives clientAuth on the date now.
func (c ClientAuth) Given(now time.Time) bool { return now.Before(c.LastDay.Time().AddDate(0, 0, 1)) }
