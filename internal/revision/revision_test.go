package revision_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"utsendt/internal/fault"
	"utsendt/internal/revision"
)

func fields(values ...any) revision.Fields {
	names := []string{"name", "phone", "skills"}
	f := make(revision.Fields, len(values))
	for i, v := range values {
		f[i] = revision.Field{Name: names[i], Value: v, Private: names[i] == "phone"}
	}
	return f
}

// TestCheckNamesWhatChanged: for any two states of a thing, the check passes when they are equal and otherwise names
// exactly the fields that differ.
func TestCheckNamesWhatChanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n string) revision.Fields {
			return fields(rapid.StringN(0, 2, 4).Draw(t, n), rapid.IntRange(0, 1).Draw(t, n), rapid.SliceOfN(rapid.Bool(), 0, 2).Draw(t, n))
		}
		before, now := draw("before"), draw("now")
		err := now.Check(before.Revision())
		changed := now.Changed(before)
		if len(changed) == 0 {
			if err != nil || before.Revision() != now.Revision() {
				t.Fatalf("unchanged: %v", err)
			}
			return
		}
		f := fault.From(err)
		if f.Kind != fault.Stale || f.Reason != "revision_stale" || f.Params["fields"] == "" {
			t.Fatalf("changed %v: %v", changed, err)
		}
	})
	if got := fields("a", 1, nil).Changed(fields("b", 1, []string{})); !slices.Equal(got, []string{"name", "skills"}) {
		t.Errorf("changed: %v", got)
	}
}

func TestCheckRefusesWhatIsNoRevision(t *testing.T) {
	t.Parallel()
	now := fields("a", 1)
	for _, bad := range []string{"", "x", "%%%", fields("a").Revision(), fields("a", 1, 2).Revision(), now.Revision() + "A"} {
		if err := now.Check(bad); !errors.Is(err, &fault.Error{Kind: fault.Invalid, Reason: "revision_malformed"}) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAuditedKeepsPrivateValuesOut(t *testing.T) {
	t.Parallel()
	before, after := fields("a", "+47 000"), fields("b", "+47 111")
	kept := after.AuditedAfter(before)
	if _, ok := kept["phone"]; ok || kept["name"] != "b" || !slices.Equal(kept["private_changed"].([]string), []string{"phone"}) {
		t.Errorf("kept: %v", kept)
	}
	if _, ok := before.Audited()["phone"]; ok {
		t.Error("a private value is audited")
	}
}
