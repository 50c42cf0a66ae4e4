package rpc

import (
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"

	"utsendt/portal/supplies"
	"utsendt/portal/supplies/forecast"
)

// Colour, State and Status are words that other services show of supplies.
func Colour(c supplies.Colour) portalv1.SupplyColour { return colours[c] }

// State is an order's.
func State(s supplies.State) portalv1.OrderState { return states[s] }

// Status is a forecast's.
func Status(s forecast.Status) portalv1.ForecastStatus { return statuses[s] }
