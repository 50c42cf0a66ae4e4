package rpc

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/fault"
	"utsendt/internal/fault/wording"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/portal/readings"
	"utsendt/portal/readings/bulk"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

var counterNames = map[portalv1.Counter]string{
	portalv1.Counter_COUNTER_BLACK:     readings.Black,
	portalv1.Counter_COUNTER_COLOUR:    readings.Colour,
	portalv1.Counter_COUNTER_BLACK_A3:  readings.BlackA3,
	portalv1.Counter_COUNTER_COLOUR_A3: readings.ColourA3,
	portalv1.Counter_COUNTER_SCAN:      readings.Scan,
}

func counter(name string) portalv1.Counter {
	for c, n := range counterNames {
		if n == name {
			return c
		}
	}
	return portalv1.Counter_COUNTER_UNSPECIFIED
}

func counters(names []string) (out []portalv1.Counter) {
	for _, name := range names {
		out = append(out, counter(name))
	}
	return out
}

func values(c readings.Counters) (out []*portalv1.CounterValue) {
	for _, name := range c.Names() {
		out = append(out, &portalv1.CounterValue{Counter: counter(name), Value: c[name]})
	}
	return out
}

func valuesOf(field string, in []*portalv1.CounterValue) (readings.Counters, error) {
	out := readings.Counters{}
	for i, v := range in {
		name := counterNames[v.Counter]
		if _, twice := out[name]; twice {
			return nil, fault.NewInvalid(fmt.Sprintf("%s[%d].counter", field, i), "counter_twice", "Each counter has one reading.")
		}
		out[name] = v.Value
	}
	return out, nil
}

func entriesOf(in []*portalv1.ReadingEntry) (out []readings.Entry, err error) {
	for i, e := range in {
		field := fmt.Sprintf("entries[%d].", i)
		entry := readings.Entry{Reason: e.Reason}
		if entry.DeviceID, err = dispatchrpc.ID(field+"device_id", e.DeviceId); err != nil {
			return nil, err
		}
		at, err := dispatchrpc.TimeOf(field+"taken_at", e.TakenAt)
		if err != nil {
			return nil, err
		}
		if at != nil {
			entry.TakenAt = *at
		}
		if entry.Counters, err = valuesOf(field+"counters", e.Counters); err != nil {
			return nil, err
		}
		out = append(out, entry)
	}
	return out, nil
}

var sources = map[readings.Source]portalv1.ReadingSource{
	readings.FromCustomer:   portalv1.ReadingSource_READING_SOURCE_CUSTOMER,
	readings.FromFile:       portalv1.ReadingSource_READING_SOURCE_FILE,
	readings.FromTechnician: portalv1.ReadingSource_READING_SOURCE_TECHNICIAN,
	readings.FromStaff:      portalv1.ReadingSource_READING_SOURCE_STAFF,
	readings.FromImport:     portalv1.ReadingSource_READING_SOURCE_IMPORT,
}

var outcomes = map[readings.Outcome]portalv1.ReadingOutcome{
	readings.Kept:        portalv1.ReadingOutcome_READING_OUTCOME_KEPT,
	readings.Unchanged:   portalv1.ReadingOutcome_READING_OUTCOME_UNCHANGED,
	readings.Unconfirmed: portalv1.ReadingOutcome_READING_OUTCOME_UNCONFIRMED,
	readings.Refused:     portalv1.ReadingOutcome_READING_OUTCOME_REFUSED,
}

func reading(ctx context.Context, r *readings.Reading) *portalv1.Reading {
	if r == nil {
		return nil
	}
	out := &portalv1.Reading{
		Id: r.ID.String(), DeviceId: r.DeviceID.String(), TakenAt: timestamppb.New(r.TakenAt), Counters: values(r.Counters),
		Source: sources[r.Source], EnteredAt: timestamppb.New(r.EnteredAt), Reason: r.Reason, Correctable: r.CorrectableBy(identity.Caller(ctx)),
	}
	if !r.Valid() {
		out.SupersededBy = r.SupersededBy.String()
	}
	return out
}

func history(ctx context.Context, all []readings.Reading) (out []*portalv1.Reading) {
	for i := range all {
		out = append(out, reading(ctx, &all[i]))
	}
	return out
}

// problems are faults in the caller's language, as they would be in an error.
func problems(ctx context.Context, all []*fault.Error) (out []*faultv1.Fault) {
	lang := wording.Choose(rpc.ClientFrom(ctx).Languages, identity.Caller(ctx).Language)
	for _, p := range all {
		out = append(out, &faultv1.Fault{Reason: p.Reason, Field: p.Field, Params: p.Params, Text: wording.Text(p, lang)})
	}
	return out
}

func result(ctx context.Context, r readings.Result) *portalv1.ReadingResult {
	return &portalv1.ReadingResult{
		DeviceId: r.DeviceID.String(), Outcome: outcomes[r.Outcome], Reading: reading(ctx, r.Reading), Problems: problems(ctx, r.Problems),
	}
}

func results(ctx context.Context, all []readings.Result) (out []*portalv1.ReadingResult) {
	for _, r := range all {
		out = append(out, result(ctx, r))
	}
	return out
}

var states = map[bulk.State]portalv1.UploadState{
	bulk.Receiving: portalv1.UploadState_UPLOAD_STATE_RECEIVING,
	bulk.Checked:   portalv1.UploadState_UPLOAD_STATE_CHECKED,
	bulk.Applied:   portalv1.UploadState_UPLOAD_STATE_APPLIED,
}

func upload(u bulk.Upload) *portalv1.Upload {
	out := &portalv1.Upload{Id: u.ID.String(), FileName: u.FileName, State: states[u.State]}
	if s := u.Summary; s != nil {
		out.Format, out.Encoding, out.Separator, out.IgnoredColumns = s.Format, s.Encoding, s.Separator, s.Ignored
		out.Rows, out.Kept, out.Unchanged = int32(s.Rows), int32(s.Kept), int32(s.Unchanged)
		out.Unconfirmed, out.Refused = int32(s.Unconfirmed), int32(s.Refused)
	}
	return out
}
