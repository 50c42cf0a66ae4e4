package rpc

import (
	"utsendt/portal/readings"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// Values are what counters show, in the order in which people are asked; for other services that show readings.
func Values(c readings.Counters) []*portalv1.CounterValue { return values(c) }

// Source says how a reading came in.
func Source(s readings.Source) portalv1.ReadingSource { return sources[s] }
