package dispatch

import "testing"

func TestNumber(t *testing.T) {
	t.Parallel()
	if n := Number(572); n != "SR-5724" {
		t.Errorf("572 became %s", n)
	}
	if n, ok, checks := ParseNumber("sr 57 24"); n != "SR-5724" || !ok || !checks {
		t.Errorf("%s %v %v", n, ok, checks)
	}
	if n, ok, _ := ParseNumber("SO-5724"); ok {
		t.Errorf("an order's number is %s", n)
	}
}
