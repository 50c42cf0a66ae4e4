package rpc

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"utsendt/dispatch"
	"utsendt/portal/tracking"
)

// filler sets everything in a value, through pointers, slices and structs, to something that is found nowhere else.
type filler struct {
	n     int
	texts map[string]string // text -> where it stands
}

func (f *filler) fill(v reflect.Value, at string) {
	f.n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 3, 2, 9, 0, f.n, 0, time.UTC)))
		return
	case uuid.UUID:
		id := uuid.New()
		f.texts[id.String()] = at
		v.Set(reflect.ValueOf(id))
		return
	}
	switch v.Kind() {
	case reflect.String:
		text := fmt.Sprintf("HEMMELIG-%d-", f.n)
		f.texts[text] = at
		v.SetString(text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), at)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(v.Index(i), at)
		}
	case reflect.Array:
		for i := range v.Len() {
			f.fill(v.Index(i), at)
		}
	case reflect.Map: // details that no sight shows
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Name != "BaseModel" {
				f.fill(v.Field(i), at+"."+field.Name)
			}
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Float64:
		v.SetFloat(float64(f.n) / 1000)
	case reflect.Bool:
		v.SetBool(true)
	}
}

// allowed are the only texts of a request that a link shows, by where they stand.
var allowed = []string{
	".Sight.Request.Number", ".Sight.Request.Device.Model", ".Sight.Request.Device.FriendlyName", ".Sight.Request.Place.City",
	".Sight.Request.Place.TimeZone", ".Sight.Request.Visit.TechnicianFirstName", ".Sight.Tracking.FirstName", ".Sight.Tracking.ETA.Source",
}

// fields are all there are in the answer, so that a new one is thought about here.
var fields = []string{
	"number", "state", "opened_at", "dispatched_at", "en_route_at", "on_site_at", "ended_at", "window.start", "window.end", "planned_arrival",
	"technician_first_name", "device_model", "device_name", "city", "time_zone", "expires_at", "tracking.technician_first_name",
	"tracking.position.point.latitude", "tracking.position.point.longitude", "tracking.position.accuracy_metres", "tracking.position.speed",
	"tracking.position.heading", "tracking.position.recorded_at", "tracking.position.age_seconds", "tracking.position.stale",
	"tracking.eta.earliest", "tracking.eta.latest", "tracking.eta.made_at", "tracking.eta.source", "tracking.eta.distance_metres",
}

// TestALinkShowsNoMoreThanItMay fills everything that is known of a request with secrets, and looks through all that a link
// shows of it.
func TestALinkShowsNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	f := &filler{texts: map[string]string{}}
	var seen tracking.Seen
	f.fill(reflect.ValueOf(&seen).Elem(), "")
	seen.Request.State, seen.Now = dispatch.EnRoute, seen.Sight.Tracking.Position.RecordedAt.Add(2*dispatch.Stale)
	if len(f.texts) < 40 || seen.Request.Description == "" || seen.Request.Visit.TechnicianName == "" || len(seen.Activities) == 0 {
		t.Fatalf("only %d secrets", len(f.texts))
	}
	// The site's position is none of their business: it gives the address away.
	site, ok := seen.Request.Place.Point()
	if !ok {
		t.Fatal("the place has no position")
	}
	message := tracked(seen)
	var shown []string
	walk(message.ProtoReflect(), "", func(path string, value protoreflect.Value) {
		shown = append(shown, path)
		if number, ok := value.Interface().(float64); ok && (number == site.Lat() || number == site.Lon()) {
			t.Errorf("%s is the site's position", path)
		}
	})
	for _, path := range shown {
		if !slices.Contains(fields, path) {
			t.Errorf("%s is shown, and nobody has said why", path)
		}
	}
	for _, path := range fields {
		if !slices.Contains(shown, path) {
			t.Errorf("%s is not shown though everything is known", path)
		}
	}
	raw, err := proto.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	for text, at := range f.texts {
		if found := strings.Contains(string(raw), text); found && !slices.Contains(allowed, at) {
			t.Errorf("%s is shown", at)
		} else if !found && slices.Contains(allowed, at) {
			t.Errorf("%s is not shown", at)
		}
	}
	// Not on the way: nothing of where the technician is, whatever is known.
	seen.Sight.Tracking = nil
	if tracked(seen).Tracking != nil {
		t.Error("a position is shown that there is none of")
	}
}

// walk visits every value of a message; times are values.
func walk(m protoreflect.Message, at string, visit func(path string, value protoreflect.Value)) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		path := at + string(field.Name())
		if field.Message() != nil && !field.IsList() && field.Message().FullName() != "google.protobuf.Timestamp" {
			walk(value.Message(), path+".", visit)
		} else {
			visit(path, value)
		}
		return true
	})
}
