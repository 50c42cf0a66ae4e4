package dispatch

import "time"

// Category is what is wrong with the device.
type Category string

// The categories.
const (
	PaperJam     Category = "paper_jam"
	PrintQuality Category = "print_quality"
	NotPrinting  Category = "not_printing"
	ErrorCode    Category = "error_code"
	Noise        Category = "noise"
	Scanning     Category = "scanning"
	Network      Category = "network"
	Finishing    Category = "finishing"
	OtherFault   Category = "other"
)

// Categories lists them all in the order people are asked.
var Categories = []Category{PaperJam, PrintQuality, NotPrinting, ErrorCode, Noise, Scanning, Network, Finishing, OtherFault}

// Work is how long a repair usually takes on site: what a plan reserves before anyone knows better.
func (c Category) Work() time.Duration {
	switch c {
	case PaperJam, Scanning:
		return 30 * time.Minute
	case Network:
		return 40 * time.Minute
	case Finishing, Noise:
		return 60 * time.Minute
	}
	return 45 * time.Minute
}
