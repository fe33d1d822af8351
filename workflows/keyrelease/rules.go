package keyrelease

import (
	"countersign/workflows"
)

// mayAskForKey is the rule of asking for a key once more: there was a hand-over, it was
// carried out, and nobody has been asked yet.
func mayAskForKey(r workflows.Request, by workflows.Person) *workflows.Error {
	if no := handable(r, by); no != nil {
		return no
	}
	switch n := len(r.Releases); {
	case n == 0:
		return workflows.Refuse(workflows.Illegal, "workflows.refuse.key_not_asked", "Request", string(r.ID))
	case r.Releases[n-1].Accessor == "":
		return workflows.Refuse(workflows.Conflict, "workflows.refuse.key_on_its_way", "Request", string(r.ID))
	case r.OpenAsk() >= 0:
		return workflows.Refuse(workflows.Conflict, "workflows.refuse.key_asked", "Request", string(r.ID))
	case len(r.Asks) >= maxAsks:
		return workflows.Refuse(workflows.Illegal, "workflows.refuse.key_too_often", "Request", string(r.ID))
	}
	return nil
}

// maxAsks bounds how often one key is asked for again: who needs it more often needs
// another way of keeping it.
const maxAsks = 20

// handable is the rule that holds for every hand-over, the first and any later one.
func handable(r workflows.Request, by workflows.Person) *workflows.Error {
	switch {
	case by != r.Requester:
		return workflows.Refuse(workflows.Forbidden, "workflows.refuse.key_not_yours", "Request", string(r.ID))
	case r.State != workflows.Issued && r.State != workflows.Installed:
		return workflows.Refuse(workflows.Illegal, "workflows.refuse.key_not_now", "Request", string(r.ID))
	case r.KeyName == "" || r.Custody == workflows.CustodyDevice:
		return workflows.Refuse(workflows.Illegal, "workflows.refuse.key_on_device", "Request", string(r.ID))
	case !r.Spec.KeyFile:
		return workflows.Refuse(workflows.Illegal, "workflows.refuse.key_stays", "Request", string(r.ID))
	case r.Stolen():
		return workflows.Refuse(workflows.Illegal, "workflows.refuse.key_stolen", "Request", string(r.ID))
	case r.Revoking != nil:
		return workflows.Refuse(workflows.Illegal, "workflows.refuse.key_revoking", "Request", string(r.ID))
	}
	return nil
}

// mayRelease is the rule of the first hand-over. One that was prepared counts, opened
// or not: "already opened" must be noticed by a person before a second one.
func mayRelease(r workflows.Request, by workflows.Person) *workflows.Error {
	if no := handable(r, by); no != nil {
		return no
	}
	if len(r.Releases) > 0 {
		return workflows.Refuse(workflows.Conflict, "workflows.refuse.key_released", "Request", string(r.ID))
	}
	return nil
}

// CanGet reports whether r's requester could ask for the key now, and whether a second
// person would have to agree. It is for what cards offer; each step asks anew.
func CanGet(r workflows.Request) (first, again bool) {
	if handable(r, r.Requester) != nil {
		return false, false
	}
	return len(r.Releases) == 0, mayAskForKey(r, r.Requester) == nil
}

// First are those of some requests of one person whose key they could get now, for the first time.
func First(all []workflows.Request) (first []workflows.Request) {
	for _, r := range all {
		if once, _ := CanGet(r); once {
			first = append(first, r)
		}
	}
	return first
}

// releaseAt finds a hand-over of r that was prepared.
func releaseAt(r workflows.Request, i int) (workflows.Release, *workflows.Error) {
	if i < 0 || i >= len(r.Releases) || r.Releases[i].Accessor == "" {
		return workflows.Release{}, workflows.Refuse(workflows.NotFound, "workflows.refuse.no_handover", "Request", string(r.ID))
	}
	return r.Releases[i], nil
}
