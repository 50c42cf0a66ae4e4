package rpc

import (
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// whole fails unless every value of an enum, but the unspecified where nothing is, stands for one word of the domain.
func whole[D comparable, P interface {
	comparable
	protoreflect.Enum
}](t *testing.T, words map[D]P, withUnspecified bool) {
	t.Helper()
	seen := map[P]bool{}
	var one P
	for word, value := range words {
		if seen[value] || value.Number() == 0 && !withUnspecified {
			t.Errorf("%v is %v, as another word is, or nothing", word, value)
		}
		seen[value], one = true, value
	}
	want := one.Descriptor().Values().Len()
	if !withUnspecified {
		want--
	}
	if len(words) != want {
		t.Errorf("%s: %d words for %d values", one.Descriptor().Name(), len(words), want)
	}
}

func TestEveryWordIsTranslated(t *testing.T) {
	t.Parallel()
	whole(t, kinds, false)
	whole(t, colours, true)
	whole(t, states, false)
	whole(t, statuses, false)
	whole(t, confidences, false)
	for state, value := range states {
		if back := statesOf([]portalv1.OrderState{value, value}); len(back) != 1 || back[0] != state {
			t.Errorf("%s comes back as %v", state, back)
		}
	}
	if statesOf(nil) != nil {
		t.Error("no states became some")
	}
}
