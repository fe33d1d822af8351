package workflows_test

import (
	"reflect"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
)

// unhashed are the fields of a request that a decision does not cover, each with why.
var unhashed = map[string]string{
	"Version": "of the row", "State": "what the click changes", "Decisions": "made on the hash", "Lang": "the requester's own",
	"Place": "where it was asked for", "Batch": "a name for several", "Group": "a name for several; a decision on it is on the hashes of all", "Steps": "what its requester does with it", "Trust": "what its requester does with it",
	"Renews": "of requests made before Replaces", "KeyName": "names the key that the CSR holds", "SPKI": "is in the CSR",
	"Cert": "comes afterwards", "Chain": "comes afterwards", "Questions": "talk", "Releases": "comes afterwards", "Asks": "comes afterwards",
	"Pending": "comes afterwards", "Ticked": "what its requester has done", "Mismatch": "comes afterwards, with a mark of its own", "Unused": "comes afterwards", "Revoking": "comes afterwards",
	"Trouble": "passes", "Remarks": "talk beside it", "RevocationAsks": "comes afterwards", "Findings": "of the certificate", "Created": "time", "Updated": "time", "Expires": "asked at the decision",
	"Follows": "of another request, which has ended", "Twin": "of another certificate, which stays as it is",
	"NotAfter": "of the certificate", "EndedBy": "comes afterwards", "EndReason": "comes afterwards",
}

// TestHashCoversWhatIsApproved: every field of a request is in the hash, to every depth,
// or has its reason above. A field that is added and thought of by nobody fails here.
func TestHashCoversWhatIsApproved(t *testing.T) {
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	r.Replaces = &workflows.Replaced{Request: "REQ-9", For: []string{"portal.example.org"}, Names: []string{"portal.example.org"}}
	r.Spec.Names[0].Unicode, r.Spec.Also, r.Spec.MayEKU, r.Spec.MayKU = "x", []string{"x"}, []string{"x"}, []string{"x"}
	r.Deployment.Domains, r.Deployment.Features = []string{"x"}, []certs.Feature{certs.MRA}
	before := r.Hash()
	value := reflect.ValueOf(&r).Elem()
	seen := 0
	for i := range value.NumField() {
		name := value.Type().Field(i).Name
		if _, excused := unhashed[name]; excused {
			seen++
			alter(t, value.Field(i))
			if r.Hash() != before {
				t.Errorf("%s changes the hash: a decision would be void without a reason", name)
			}
			continue
		}
		leaves(t, name, value.Field(i), func(path string) {
			if r.Hash() == before {
				t.Errorf("%s is not in the hash", path)
			}
		})
	}
	if seen != len(unhashed) {
		t.Errorf("%d of %d excused fields exist", seen, len(unhashed))
	}
	if r.Hash() != before {
		t.Error("the test did not put everything back")
	}
}

// leaves alters every value below v in turn, asks check, and puts it back.
func leaves(t *testing.T, path string, v reflect.Value, check func(path string)) {
	t.Helper()
	if v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]() {
		for i := range v.NumField() {
			leaves(t, path+"."+v.Type().Field(i).Name, v.Field(i), check)
		}
		return
	}
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		leaves(t, path, v.Elem(), check)
		return
	}
	if v.Kind() == reflect.Slice && v.Len() > 0 && v.Type().Elem().Kind() != reflect.Uint8 {
		leaves(t, path+"[0]", v.Index(0), check)
	}
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	alter(t, v)
	check(path)
	v.Set(old)
}
