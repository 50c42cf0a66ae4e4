package replay

import (
	"strings"

	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// trades are the made-up skills. Each has a made-up model that needs it.
var trades = []string{"replay-electric", "replay-mechanic", "replay-network", "replay-optic"}

func modelOf(trade int) string { return "Replay model " + strings.TrimPrefix(trades[trade], "replay-") }

// kinds maps words of a request's type to a fault of a printer and the trade that mends it. The first that fits
// counts.
var kinds = []struct {
	words    []string
	category dispatchv1.FaultCategory
	trade    int
}{
	{[]string{"light", "electric", "signal", "utilit", "heat", "failure"}, dispatchv1.FaultCategory_FAULT_CATEGORY_NOT_PRINTING, 0},
	{[]string{"graffiti", "marking", "poster"}, dispatchv1.FaultCategory_FAULT_CATEGORY_PRINT_QUALITY, 3},
	{[]string{"pothole", "sidewalk", "pavement", "roadway", "snow", "catchbasin"}, dispatchv1.FaultCategory_FAULT_CATEGORY_PAPER_JAM, 1},
	{[]string{"sign", "sticker", "abandoned"}, dispatchv1.FaultCategory_FAULT_CATEGORY_SCANNING, 3},
	{[]string{"animal", "noise", "rodent", "mice", "bugs"}, dispatchv1.FaultCategory_FAULT_CATEGORY_NOISE, 1},
	{[]string{"tree", "litter", "trash", "bulk", "recycl", "ground"}, dispatchv1.FaultCategory_FAULT_CATEGORY_FINISHING, 1},
	{[]string{"unsafe", "unsanitary", "unsatisfactory", "emergenc", "building", "illegal"}, dispatchv1.FaultCategory_FAULT_CATEGORY_ERROR_CODE, 0},
	{[]string{"comment", "call", "notification", "inquiry", "interaction", "collection"}, dispatchv1.FaultCategory_FAULT_CATEGORY_NETWORK, 2},
}

// kindOf gives the fault and the trade of a request's type.
func kindOf(requestType string) (dispatchv1.FaultCategory, int) {
	lower := strings.ToLower(requestType)
	for _, k := range kinds {
		for _, word := range k.words {
			if strings.Contains(lower, word) {
				return k.category, k.trade
			}
		}
	}
	return dispatchv1.FaultCategory_FAULT_CATEGORY_OTHER, 2
}
