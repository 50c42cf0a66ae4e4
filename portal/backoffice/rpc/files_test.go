package rpc_test

import (
	"slices"
	"testing"

	"utsendt/portal/backoffice/rpc"
	v1 "utsendt/proto/gen/utsendt/backoffice/v1"
)

// TestListFileKinds: the page for files offers every kind there is, in the order in which they are imported.
func TestListFileKinds(t *testing.T) {
	t.Parallel()
	res, err := rpc.NewFiles(nil).ListFileKinds(t.Context(), &v1.ListFileKindsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, k := range res.Kinds {
		kinds = append(kinds, k.Kind)
		if extension := map[bool]string{true: ".txt", false: ".csv"}[k.Kind == "postal_codes"]; k.FileName != k.Kind+extension || len(k.Columns) < 2 {
			t.Errorf("%v", k)
		}
	}
	want := []string{
		"postal_codes", "accounts", "sites", "models", "contracts", "devices", "technicians", "people", "registrations",
		"country_settings", "readings", "corrected_readings", "supplies", "delivery_addresses", "supply_orders", "address_changes", "articles",
	}
	if !slices.Equal(kinds, want) {
		t.Errorf("offered\n%q\nwant\n%q", kinds, want)
	}
	if columns := res.Kinds[slices.Index(kinds, "models")].Columns; !slices.Contains(columns, "categories") {
		t.Errorf("models have the columns %q", columns)
	}
}
