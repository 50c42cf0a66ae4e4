package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/backoffice"
	v1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
)

// usualPage is the size of a page of technicians when none is asked for.
const usualPage = 20

// Technicians is TechnicianService.
type Technicians struct {
	office   *backoffice.Service
	dispatch *dispatch.Service
}

var _ backofficev1connect.TechnicianServiceHandler = (*Technicians)(nil)

// NewTechnicians serves staff.
func NewTechnicians(office *backoffice.Service, d *dispatch.Service) *Technicians {
	return &Technicians{office: office, dispatch: d}
}

func technician(t *dispatch.Employed) *v1.Technician {
	f := t.Fields()
	out := &v1.Technician{
		Id: t.ID.String(), Revision: f.Revision(), OnDuty: t.OnDuty, LiveJobs: int64(t.LiveJobs), UpdatedAt: timestamppb.New(t.UpdatedAt),
		UserId: t.UserID, Fields: &v1.TechnicianFields{
			Number: f.Number, FirstName: f.FirstName, LastName: f.LastName, Phone: f.Phone, Email: f.Email, Skills: f.Skills,
			HomeLatitude: f.HomeLatitude, HomeLongitude: f.HomeLongitude, Territory: f.Territory, ShiftStart: f.ShiftStart,
			ShiftEnd: f.ShiftEnd, TimeZone: f.TimeZone, Active: f.Active,
		},
	}
	for _, part := range sortedKeys(f.VanStock) {
		out.Fields.VanStock = append(out.Fields.VanStock, &v1.VanPart{PartNumber: part, Quantity: int32(f.VanStock[part])})
	}
	return out
}

func technicianFields(f *v1.TechnicianFields) (dispatch.TechnicianFields, error) {
	fields := dispatch.TechnicianFields{
		Number: f.Number, FirstName: f.FirstName, LastName: f.LastName, Phone: f.Phone, Email: f.Email, Skills: f.Skills,
		HomeLatitude: f.HomeLatitude, HomeLongitude: f.HomeLongitude, Territory: f.Territory, ShiftStart: f.ShiftStart,
		ShiftEnd: f.ShiftEnd, TimeZone: f.TimeZone, Active: f.Active, VanStock: make(map[string]int, len(f.VanStock)),
	}
	for _, part := range f.VanStock {
		if _, twice := fields.VanStock[part.PartNumber]; twice {
			return fields, fault.NewInvalid("fields.van_stock", "part_twice", "The part "+part.PartNumber+" is named twice.", fault.Param("part", part.PartNumber))
		}
		fields.VanStock[part.PartNumber] = int(part.Quantity)
	}
	return fields, nil
}

// ListTechnicians lists them by number.
func (h *Technicians) ListTechnicians(ctx context.Context, req *v1.ListTechniciansRequest) (*v1.ListTechniciansResponse, error) {
	size := int(req.PageSize)
	if size == 0 {
		size = usualPage
	}
	rows, next, total, err := h.dispatch.Employed(ctx, identity.Caller(ctx),
		dispatch.EmployedFilter{Query: req.Query, Skill: req.Skill, WithInactive: req.WithInactive}, dispatch.Page{Size: size, Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	return &v1.ListTechniciansResponse{Technicians: each(rows, technician), NextPageToken: next, Total: total}, nil
}

// GetTechnician gives one with the live jobs.
func (h *Technicians) GetTechnician(ctx context.Context, req *v1.GetTechnicianRequest) (*v1.GetTechnicianResponse, error) {
	t, numbers, err := h.one(ctx, req.Id)
	if err != nil {
		return nil, err
	}
	return &v1.GetTechnicianResponse{Technician: t, LiveRequests: numbers}, nil
}

func (h *Technicians) one(ctx context.Context, id string) (*v1.Technician, []string, error) {
	var in ids
	parsed := in.of("id", id)
	if in.err != nil {
		return nil, nil, in.err
	}
	t, numbers, err := h.dispatch.EmployedByID(ctx, identity.Caller(ctx), parsed)
	if err != nil {
		return nil, nil, err
	}
	return technician(t), numbers, nil
}

// CreateTechnician makes one.
func (h *Technicians) CreateTechnician(ctx context.Context, req *v1.CreateTechnicianRequest) (*v1.CreateTechnicianResponse, error) {
	var in ids
	op := in.of("operation_id", req.OperationId)
	fields, err := technicianFields(req.Fields)
	if in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	id, err := h.dispatch.CreateTechnician(ctx, identity.Caller(ctx), op, fields)
	if err != nil {
		return nil, err
	}
	t, _, err := h.one(ctx, id.String())
	if err != nil {
		return nil, err
	}
	return &v1.CreateTechnicianResponse{Technician: t}, nil
}

// UpdateTechnician changes one.
func (h *Technicians) UpdateTechnician(ctx context.Context, req *v1.UpdateTechnicianRequest) (*v1.UpdateTechnicianResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	fields, err := technicianFields(req.Fields)
	if in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	if err := h.dispatch.UpdateTechnician(ctx, identity.Caller(ctx), op, id, req.Revision, fields); err != nil {
		return nil, err
	}
	t, _, err := h.one(ctx, req.Id)
	if err != nil {
		return nil, err
	}
	return &v1.UpdateTechnicianResponse{Technician: t}, nil
}

// ListSkills lists every skill.
func (h *Technicians) ListSkills(ctx context.Context, _ *v1.ListSkillsRequest) (*v1.ListSkillsResponse, error) {
	skills, err := h.office.Skills(ctx, identity.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return &v1.ListSkillsResponse{Skills: each(skills, func(s *backoffice.Skill) *v1.Skill {
		return &v1.Skill{Name: s.Name, Models: s.Models, Technicians: s.Technicians, OpenRequests: s.OpenRequests}
	})}, nil
}

// RenameSkill calls a skill otherwise everywhere.
func (h *Technicians) RenameSkill(ctx context.Context, req *v1.RenameSkillRequest) (*v1.RenameSkillResponse, error) {
	var in ids
	op := in.of("operation_id", req.OperationId)
	if in.err != nil {
		return nil, in.err
	}
	done, err := h.office.RenameSkill(ctx, identity.Caller(ctx), op, req.From, req.To, req.Merge)
	if err != nil {
		return nil, err
	}
	return &v1.RenameSkillResponse{Models: done.Models, Technicians: done.Technicians, OpenRequests: done.OpenRequests}, nil
}

// ListTerritories tells who covers what.
func (h *Technicians) ListTerritories(ctx context.Context, req *v1.ListTerritoriesRequest) (*v1.ListTerritoriesResponse, error) {
	all, err := h.office.Territories(ctx, identity.Caller(ctx), req.Country, page(req.PageSize, req.PageToken))
	if err != nil {
		return nil, err
	}
	return &v1.ListTerritoriesResponse{
		Territories: each(all.Rows, func(t *backoffice.Territory) *v1.Territory {
			return &v1.Territory{
				FirstPostalCode: t.First, LastPostalCode: t.Last, Codes: t.Codes, Place: t.Place, TechnicianNumbers: t.Technicians, Devices: t.Devices,
			}
		}),
		NextPageToken: all.Next, Total: all.Total, CodesUncovered: all.Uncovered, CodesCoveredOnce: all.Once, CodesOverlapping: all.Overlapping,
		EverywhereTechnicianNumbers: all.Everywhere,
	}, nil
}
