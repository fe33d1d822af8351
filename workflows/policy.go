package workflows

import (
	"slices"
	"time"

	"countersign/certs"
)

// Policy says for some requests who decides, how many must, and how the certificate
// is then made. Kernel.PolicyFor says which of the configuration holds for a request.
type Policy struct {
	Name         string
	Names        []string       // patterns as in path.Match over a name of the certificate: "*.example.com"; none: all
	Profiles     []string       // patterns as in path.Match: "expressway-*/*"; none: all
	Environments []string       // the requester's word, so never what a strict policy goes by alone; none: all
	CAs          []certs.CAKind // none: all
	Approvers    string         // group; an empty or unknown one means nobody
	Need         int            // distinct approvals; below 1 counts as 1
	Owners       string         // group that may renew and replace what was requested under it, beside the requester; "": nobody
	Channel      string         // where the approval card is posted
	Custody      string
	Issuer       string
	DecideWithin time.Duration // 0: seven days
	DestroyAfter time.Duration // how long after its certificate is superseded or revoked a key is destroyed; 0: never
	Days         int           // longest lifetime to ask for, where it is less than the profile's; 0: the profile's
}

func (p Policy) Approvals() int { return max(p.Need, 1) }

func (p Policy) Within() time.Duration {
	if p.DecideWithin <= 0 {
		return 7 * 24 * time.Hour
	}
	return p.DecideWithin
}

// admit is the first question at every door: may this person use the bot at all?
// home is the workspace that the bot serves.
func admit(home string, who Person, profile Profile, known bool) *Error {
	switch {
	case who == Robot:
		return nil
	case who.Team != home:
		return Refuse(Forbidden, "workflows.refuse.other_team")
	case !known:
		return Refuse(Forbidden, "workflows.refuse.unknown_person")
	case profile.Bot:
		return Refuse(Forbidden, "workflows.refuse.bot")
	case profile.Deleted:
		return Refuse(Forbidden, "workflows.refuse.deactivated")
	case profile.Guest:
		return Refuse(Forbidden, "workflows.refuse.guest")
	}
	return nil
}

// MayDecide says whether who may decide on r at all: a member of the approvers, and
// never the requester (design, invariant 1). Of nil members the workspace has said nothing.
func MayDecide(r Request, who Person, members []Person) *Error {
	if who == r.Requester {
		return Refuse(Forbidden, "workflows.refuse.own_request", "Request", string(r.ID))
	}
	if members == nil {
		return Refuse(Forbidden, "workflows.refuse.approvers_unread", "Request", string(r.ID))
	}
	if !slices.Contains(members, who) {
		return Refuse(Forbidden, "workflows.refuse.not_approver", "Request", string(r.ID))
	}
	return nil
}

// CustodyDevice is the custody of a key that the box itself made and keeps.
const CustodyDevice = "device"
