package workflows_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestRenewalIsShown: what a request replaces is in its hash, with everything that a card
// says of it, and a change of it voids the decision.
func TestRenewalIsShown(t *testing.T) {
	b := workbench.New(t)
	old := b.Issued(t, workbench.Ella, workbench.Portal())
	r := b.Renewed(t, workbench.Ella, old)
	p := r.Replaces
	if p == nil || p.Request != old.ID || p.Owner != workbench.Ella || p.Serial != old.Serial() || !p.NotAfter.Equal(old.NotAfter) ||
		p.Key != old.Spec.Key || !slices.Equal(p.Names, []string{"portal.example.org"}) {
		t.Fatalf("%+v", p)
	}
	bare := r
	bare.Replaces = nil
	if bare.Hash() == r.Hash() {
		t.Error("what is replaced is not in the hash")
	}
	value := reflect.ValueOf(*p)
	for i := range value.NumField() {
		changed := *p
		alter(t, reflect.ValueOf(&changed).Elem().Field(i))
		other := r
		other.Replaces = &changed
		if other.Hash() == r.Hash() {
			t.Errorf("%s is not in the hash", value.Type().Field(i).Name)
		}
	}
}

// TestRenewalFits: what stands elsewhere, or serves something else, is replaced by nothing.
func TestRenewalFits(t *testing.T) {
	old := workflows.Replaced{Profile: "expressway-e/server", For: []string{"expe1.example.org"}, CommonName: "expe.example.org"}
	for name, c := range map[string]struct {
		spec certs.Spec
		fits bool
	}{
		"the same":           {certs.Spec{Profile: "expressway-e/server", For: []string{"expe1.example.org"}}, true},
		"shared from now on": {certs.Spec{Profile: "expressway-e/server", For: []string{"expe2.example.org", "expe1.example.org"}}, true},
		"another service":    {certs.Spec{Profile: "expressway-e/client", For: []string{"expe1.example.org"}}, false},
		"another node":       {certs.Spec{Profile: "expressway-e/server", For: []string{"expe2.example.org"}, CommonName: "expe.example.org"}, false},
	} {
		if old.Fits(c.spec) != c.fits {
			t.Errorf("%s: %v", name, !c.fits)
		}
	}
}

// alter changes a value to another one, at any depth.
func alter(t *testing.T, v reflect.Value) {
	t.Helper()
	if at, ok := v.Interface().(time.Time); ok {
		v.Set(reflect.ValueOf(at.Add(time.Hour)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Struct:
		alter(t, v.Field(0))
	case reflect.Slice:
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	case reflect.Map:
		grown := reflect.MakeMap(v.Type())
		grown.SetMapIndex(reflect.ValueOf("x").Convert(v.Type().Key()), reflect.Zero(v.Type().Elem()))
		v.Set(grown)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	default:
		t.Fatalf("no way to alter a %s", v.Kind())
	}
}
