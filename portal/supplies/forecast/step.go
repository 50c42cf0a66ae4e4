package forecast

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Step is one step of the reasoning, for a client to word in the reader's language: numbers are decimal, times as in RFC
// 3339. The keys and their parameters are listed at ForecastStep in supply_service.proto.
type Step struct {
	Key    string
	Params map[string]string
}

// The keys of steps.
const (
	StepCounter        = "counter"
	StepCounterReset   = "counter_reset"
	StepUsage          = "usage"
	StepSpread         = "spread"
	StepDelivered      = "delivered"
	StepLeftAtDelivery = "left_at_delivery"
	StepUsedSince      = "used_since"
	StepReadingAge     = "reading_age"
	StepMayBeEmpty     = "may_be_empty"
	StepLeadTime       = "lead_time"
	StepOnOrder        = "on_order"
)

// say adds a step; params are name and value in turn.
func (f *Forecast) say(key string, params ...string) {
	s := Step{Key: key, Params: make(map[string]string, len(params)/2)}
	for i := 0; i+1 < len(params); i += 2 {
		s.Params[params[i]] = params[i+1]
	}
	f.Steps = append(f.Steps, s)
}

// Say adds a step that the caller knows of.
func (f *Forecast) Say(key string, params ...string) { f.say(key, params...) }

func whole(x float64) string { return strconv.FormatInt(int64(math.Round(x)), 10) }

func number(n int) string { return strconv.Itoa(n) }

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (f *Forecast) sayMeter(colour string, m meter) {
	a3, withColour := false, false
	for _, c := range m.counted {
		a3 = a3 || strings.HasSuffix(c, "_a3")
		withColour = withColour || colour == "black" && strings.HasPrefix(c, "colour")
	}
	f.say(StepCounter, "counters", strings.Join(m.counted, ","), "a3_double", strconv.FormatBool(a3), "with_colour", strconv.FormatBool(withColour))
	if !m.resetAt.IsZero() {
		f.say(StepCounterReset, "at", instant(m.resetAt))
	}
}

func (f *Forecast) sayUsage(u usage) {
	f.say(StepUsage, "pages_per_month", whole(u.perDay*month), "readings", number(u.readings), "days", whole(days(u.span)))
	basis := "assumed"
	if u.measured {
		basis = "measured"
	}
	f.say(StepSpread, "low", whole(u.low()*month), "high", whole(u.high()*month), "basis", basis)
}
