package rpc

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	"utsendt/dispatch/visitfiles"
	"utsendt/internal/rpc"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// PartNames gives what parts are called in a language, by number; a part that has no name is not in the answer. Package
// portal knows the catalogue.
type PartNames func(ctx context.Context, numbers []string, language string) (map[string]string, error)

// Visits translates what was done at visits, for every service that shows it.
type Visits struct {
	files *visitfiles.Service
	names PartNames
}

// NewVisits translates with the pictures of files and the names of parts.
func NewVisits(files *visitfiles.Service, names PartNames) *Visits { return &Visits{files, names} }

// Work is what was done at a visit, as it is shown to everyone who sees the visit.
type Work struct {
	Parts    []*dispatchv1.VisitPart
	Readings []*dispatchv1.VisitReading
	Files    []*dispatchv1.VisitFile
}

// Of translates what was done at visits, in their order; parts are named in the caller's language.
func (t *Visits) Of(ctx context.Context, visits []dispatch.VisitReport) ([]Work, error) {
	var parts []dispatch.PartUsed
	ids := make([]uuid.UUID, len(visits))
	for i, v := range visits {
		parts, ids[i] = append(parts, v.PartsUsed...), v.ID
	}
	names, err := t.namesOf(ctx, parts)
	if err != nil {
		return nil, err
	}
	files, err := t.files.OfVisits(ctx, ids)
	if err != nil {
		return nil, err
	}
	work := make([]Work, len(visits))
	for i, v := range visits {
		for _, p := range v.PartsUsed {
			work[i].Parts = append(work[i].Parts, &dispatchv1.VisitPart{PartNumber: p.PartNumber, Quantity: int32(p.Quantity), Name: names[p.PartNumber]})
		}
		for _, r := range v.Readings {
			work[i].Readings = append(work[i].Readings, &dispatchv1.VisitReading{Counter: r.Counter, Value: r.Value})
		}
		for _, f := range files[v.ID] {
			work[i].Files = append(work[i].Files, visitFile(f))
		}
	}
	return work, nil
}

func (t *Visits) namesOf(ctx context.Context, parts []dispatch.PartUsed) (map[string]string, error) {
	numbers := make([]string, len(parts))
	for i, p := range parts {
		numbers[i] = p.PartNumber
	}
	return t.names(ctx, numbers, rpc.Language(ctx))
}

// reports translates visits for staff and technicians.
func (t *Visits) reports(ctx context.Context, visits []dispatch.VisitReport) ([]*dispatchv1.VisitReport, error) {
	work, err := t.Of(ctx, visits)
	if err != nil {
		return nil, err
	}
	out := make([]*dispatchv1.VisitReport, len(visits))
	for i, v := range visits {
		out[i] = &dispatchv1.VisitReport{
			Visit: visit(v.Visit), Outcome: v.Outcome, Text: v.Text, SignedBy: v.SignedBy,
			PartsUsed: work[i].Parts, Readings: work[i].Readings, Files: work[i].Files,
		}
	}
	return out, nil
}

func visitFile(f visitfiles.File) *dispatchv1.VisitFile {
	return &dispatchv1.VisitFile{
		Id: f.ID.String(), Kind: fileKinds.toProto[f.Kind], ContentType: f.ContentType, Width: int32(f.Width), Height: int32(f.Height),
		Size: f.Size, StoredAt: timestamppb.New(f.StoredAt), Url: visitfiles.URL(f.ID), ThumbnailUrl: visitfiles.URL(f.ID) + "?size=thumb",
	}
}

var fileKinds = translate(map[dispatchv1.VisitFileKind]visitfiles.Kind{
	dispatchv1.VisitFileKind_VISIT_FILE_KIND_PHOTO:     visitfiles.Photo,
	dispatchv1.VisitFileKind_VISIT_FILE_KIND_SIGNATURE: visitfiles.Signature,
})
