package dispatch_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/dispatch/dispatchtest"
)

func TestFindingRequests(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	r := w.Open(t, func(n *dispatch.NewRequest) { n.Description = "100 % grønt_papir" })
	w.Open(t)
	mistyped := []byte(r.Number)
	mistyped[len(mistyped)-1] = '0' + (mistyped[len(mistyped)-1]-'0'+1)%10
	for query, want := range map[string]int{
		r.Number: 1, strings.ToLower(r.Number): 1, r.Device.SerialNumber: 1, "GRØNT oslo": 1, "100 %": 1, "%%%": 0, "t_p": 1, "grønt bergen": 0, "eksempel": 2, `\`: 0,
	} {
		if list := must(w.Service.List(ctx, w.Dispatcher, dispatch.Filter{Query: query}, dispatch.Page{Size: 5}))(t); list.Total != want {
			t.Errorf("%q: %d, want %d", query, list.Total, want)
		}
	}
	_, err := w.Service.List(ctx, w.Dispatcher, dispatch.Filter{Query: string(mistyped)}, dispatch.Page{Size: 5})
	wantReason(t, err, "number_mistyped")
	_, err = w.Service.Find(ctx, string(mistyped))
	wantReason(t, err, "number_mistyped")
	for _, id := range []string{"", "x", uuid.NewString(), "SR-000000000"} {
		if _, err := w.Service.Find(ctx, id); err == nil {
			t.Errorf("%q was found", id)
		}
	}
}

// The queue is read through the index that is made for it, not by sorting everything that is open.
func TestQueueIsReadByItsIndex(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := dispatchtest.New(t)
	r := w.Open(t)
	if _, err := w.DB.ExecContext(ctx, `DO $$ DECLARE columns text; BEGIN
		SELECT string_agg(CASE column_name WHEN 'id' THEN 'gen_random_uuid()' WHEN 'device_id' THEN 'gen_random_uuid()'
			WHEN 'number' THEN '''SR-x'' || n' ELSE column_name END, ', ' ORDER BY ordinal_position) INTO columns
		FROM information_schema.columns WHERE table_name = 'service_requests';
		EXECUTE 'INSERT INTO service_requests SELECT ' || columns || ' FROM service_requests, generate_series(1, 5000) n';
		END $$; ANALYZE service_requests`); err != nil {
		t.Fatal(err)
	}
	var plan []string
	if err := w.DB.NewRaw(`EXPLAIN SELECT * FROM service_requests AS r WHERE r.state NOT IN ('completed', 'cancelled')
		AND (coalesce(least(r.respond_by, r.resolve_by), 'infinity'), r.opened_at, r.id) > ('infinity'::timestamptz, ?, ?)
		ORDER BY coalesce(least(r.respond_by, r.resolve_by), 'infinity'), r.opened_at, r.id LIMIT 51`, r.OpenedAt, r.ID).Scan(ctx, &plan); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(plan, "\n"); !strings.Contains(text, "service_requests_queue") || strings.Contains(text, "Sort") {
		t.Error(text)
	}
}
