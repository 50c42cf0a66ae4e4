package rpc

import (
	"utsendt/dispatch"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// pairs translates between an enum of the API and the domain's words, both ways.
type pairs[P comparable, D comparable] struct {
	toDomain map[P]D
	toProto  map[D]P
}

func translate[P, D comparable](m map[P]D) pairs[P, D] {
	back := make(map[D]P, len(m))
	for p, d := range m {
		back[d] = p
	}
	return pairs[P, D]{m, back}
}

var states = translate(map[dispatchv1.RequestState]dispatch.State{
	dispatchv1.RequestState_REQUEST_STATE_TO_BE_SCHEDULED: dispatch.ToBeScheduled,
	dispatchv1.RequestState_REQUEST_STATE_DISPATCHED:      dispatch.Dispatched,
	dispatchv1.RequestState_REQUEST_STATE_EN_ROUTE:        dispatch.EnRoute,
	dispatchv1.RequestState_REQUEST_STATE_ON_SITE:         dispatch.OnSite,
	dispatchv1.RequestState_REQUEST_STATE_COMPLETED:       dispatch.Completed,
	dispatchv1.RequestState_REQUEST_STATE_CANCELLED:       dispatch.Cancelled,
})

var visitStates = translate(map[dispatchv1.VisitState]dispatch.VisitState{
	dispatchv1.VisitState_VISIT_STATE_ASSIGNED:  dispatch.VisitAssigned,
	dispatchv1.VisitState_VISIT_STATE_ACCEPTED:  dispatch.VisitAccepted,
	dispatchv1.VisitState_VISIT_STATE_EN_ROUTE:  dispatch.VisitEnRoute,
	dispatchv1.VisitState_VISIT_STATE_ON_SITE:   dispatch.VisitOnSite,
	dispatchv1.VisitState_VISIT_STATE_DONE:      dispatch.VisitDone,
	dispatchv1.VisitState_VISIT_STATE_UNSOLVED:  dispatch.VisitUnsolved,
	dispatchv1.VisitState_VISIT_STATE_DECLINED:  dispatch.VisitDeclined,
	dispatchv1.VisitState_VISIT_STATE_RECALLED:  dispatch.VisitRecalled,
	dispatchv1.VisitState_VISIT_STATE_CANCELLED: dispatch.VisitCancelled,
})

var categories = translate(map[dispatchv1.FaultCategory]dispatch.Category{
	dispatchv1.FaultCategory_FAULT_CATEGORY_PAPER_JAM:     dispatch.PaperJam,
	dispatchv1.FaultCategory_FAULT_CATEGORY_PRINT_QUALITY: dispatch.PrintQuality,
	dispatchv1.FaultCategory_FAULT_CATEGORY_NOT_PRINTING:  dispatch.NotPrinting,
	dispatchv1.FaultCategory_FAULT_CATEGORY_ERROR_CODE:    dispatch.ErrorCode,
	dispatchv1.FaultCategory_FAULT_CATEGORY_NOISE:         dispatch.Noise,
	dispatchv1.FaultCategory_FAULT_CATEGORY_SCANNING:      dispatch.Scanning,
	dispatchv1.FaultCategory_FAULT_CATEGORY_NETWORK:       dispatch.Network,
	dispatchv1.FaultCategory_FAULT_CATEGORY_FINISHING:     dispatch.Finishing,
	dispatchv1.FaultCategory_FAULT_CATEGORY_OTHER:         dispatch.OtherFault,
})

var priorities = translate(map[dispatchv1.Priority]dispatch.Priority{
	dispatchv1.Priority_PRIORITY_LOW:    dispatch.Low,
	dispatchv1.Priority_PRIORITY_NORMAL: dispatch.Normal,
	dispatchv1.Priority_PRIORITY_HIGH:   dispatch.High,
})

var qualities = translate(map[livev1.PositionQuality]dispatch.Quality{
	livev1.PositionQuality_POSITION_QUALITY_NONE:        dispatch.NoPosition,
	livev1.PositionQuality_POSITION_QUALITY_POSTAL_CODE: dispatch.PostalCode,
	livev1.PositionQuality_POSITION_QUALITY_STREET:      dispatch.Street,
	livev1.PositionQuality_POSITION_QUALITY_ROOFTOP:     dispatch.Rooftop,
})

var outcomes = translate(map[mobilev1.Outcome]dispatch.Outcome{
	mobilev1.Outcome_OUTCOME_SOLVED:         dispatch.Solved,
	mobilev1.Outcome_OUTCOME_WORKAROUND:     dispatch.Workaround,
	mobilev1.Outcome_OUTCOME_NO_FAULT_FOUND: dispatch.NoFaultFound,
	mobilev1.Outcome_OUTCOME_PART_MISSING:   dispatch.PartMissing,
	mobilev1.Outcome_OUTCOME_NO_ACCESS:      dispatch.NoAccess,
	mobilev1.Outcome_OUTCOME_SECOND_VISIT:   dispatch.AnotherVisit,
})

var verdicts = translate(map[mobilev1.FixVerdict]dispatch.Verdict{
	mobilev1.FixVerdict_FIX_VERDICT_LIVE:        dispatch.FixLive,
	mobilev1.FixVerdict_FIX_VERDICT_HISTORY:     dispatch.FixHistory,
	mobilev1.FixVerdict_FIX_VERDICT_DUPLICATE:   dispatch.FixDuplicate,
	mobilev1.FixVerdict_FIX_VERDICT_FUTURE:      dispatch.FixFuture,
	mobilev1.FixVerdict_FIX_VERDICT_IMPLAUSIBLE: dispatch.FixImplausible,
	mobilev1.FixVerdict_FIX_VERDICT_INACCURATE:  dispatch.FixInaccurate,
	mobilev1.FixVerdict_FIX_VERDICT_TOO_OLD:     dispatch.FixTooOld,
})

// State and Category translate for the portal's handlers, which show the same words.
func State(s dispatch.State) dispatchv1.RequestState          { return states.toProto[s] }
func Category(c dispatch.Category) dispatchv1.FaultCategory   { return categories.toProto[c] }
func CategoryOf(c dispatchv1.FaultCategory) dispatch.Category { return categories.toDomain[c] }
