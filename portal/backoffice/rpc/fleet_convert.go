package rpc

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/portal"
	"utsendt/portal/backoffice"
	v1 "utsendt/proto/gen/utsendt/backoffice/v1"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

func account(a *backoffice.Account) *v1.Account {
	return &v1.Account{
		Id: a.ID.String(), Fields: &v1.AccountFields{Number: a.Number, Name: a.Name, Country: a.Country, Language: a.Language},
		Revision: a.Revision(), CreatedAt: timestamppb.New(a.CreatedAt), UpdatedAt: timestamppb.New(a.UpdatedAt),
		Sites: a.Sites, Devices: a.Devices, Contracts: a.Contracts, People: a.People, OpenRequests: a.OpenRequests,
	}
}

func accountFields(f *v1.AccountFields) backoffice.AccountFields {
	return backoffice.AccountFields{Number: f.Number, Name: f.Name, Country: f.Country, Language: f.Language}
}

func site(s *backoffice.Site) *v1.Site {
	return &v1.Site{
		Id: s.ID.String(), Fields: &v1.SiteFields{
			AccountId: s.AccountID.String(), Number: s.Number, Name: s.Name, Line1: s.Line1, Line2: s.Line2, Line3: s.Line3,
			PostalCode: s.PostalCode, City: s.City, Country: s.Country, Latitude: s.Latitude, Longitude: s.Longitude,
			Quality: string(s.Quality), TimeZone: s.TimeZone, Notes: s.Notes,
		},
		Revision: s.Revision(), AccountNumber: s.AccountNumber, AccountName: s.AccountName, UpdatedAt: timestamppb.New(s.UpdatedAt), Devices: s.Devices,
	}
}

func siteFields(f *v1.SiteFields) (backoffice.SiteFields, error) {
	var in ids
	return backoffice.SiteFields{
		AccountID: in.of("fields.account_id", f.AccountId), Number: f.Number, Name: f.Name, Line1: f.Line1, Line2: f.Line2, Line3: f.Line3,
		PostalCode: f.PostalCode, City: f.City, Country: f.Country, Latitude: f.Latitude, Longitude: f.Longitude,
		Quality: portal.Quality(f.Quality), TimeZone: f.TimeZone, Notes: f.Notes,
	}, in.err
}

func model(m *backoffice.Model) *v1.Model {
	var categories []dispatchv1.FaultCategory
	for _, c := range m.Categories {
		categories = append(categories, dispatchrpc.Category(dispatch.Category(c)))
	}
	return &v1.Model{
		Id: m.ID.String(), Fields: &v1.ModelFields{
			Name: m.Name, Skills: m.Skills, Colour: m.Colour, Counters: m.Counters, PagesPerMinute: int32(m.PagesPerMinute),
			Categories: categories,
		},
		Revision: m.Revision(), Devices: m.Devices,
	}
}

func modelFields(f *v1.ModelFields) backoffice.ModelFields {
	var categories []string
	for _, c := range f.Categories {
		categories = append(categories, string(dispatchrpc.CategoryOf(c)))
	}
	return backoffice.ModelFields{
		Name: f.Name, Skills: f.Skills, Colour: f.Colour, Counters: f.Counters, PagesPerMinute: int(f.PagesPerMinute), Categories: categories,
	}
}

func contract(c *backoffice.Contract, now time.Time) *v1.Contract {
	return &v1.Contract{
		Id: c.ID.String(), Fields: &v1.ContractFields{
			AccountId: c.AccountID.String(), Number: c.Number, StartsOn: dayText(&c.StartsOn), EndsOn: dayText(c.EndsOn),
			ResponseHours: number(c.ResponseHours), ResolutionHours: number(c.ResolutionHours), ReadingMonths: int32(c.ReadingMonths),
			SupplyKinds: c.SupplyKinds,
		},
		Revision: c.Revision(), AccountNumber: c.AccountNumber, AccountName: c.AccountName, UpdatedAt: timestamppb.New(c.UpdatedAt),
		Devices: c.Devices, InForce: c.InForce(now),
	}
}

func contractFields(f *v1.ContractFields) (backoffice.ContractFields, error) {
	var in ids
	fields := backoffice.ContractFields{
		AccountID: in.of("fields.account_id", f.AccountId), Number: f.Number, ResponseHours: numberOf(f.ResponseHours),
		ResolutionHours: numberOf(f.ResolutionHours), ReadingMonths: int(f.ReadingMonths), SupplyKinds: f.SupplyKinds,
	}
	if in.err != nil {
		return fields, in.err
	}
	starts, err := day("fields.starts_on", f.StartsOn)
	if err != nil {
		return fields, err
	}
	fields.StartsOn = *starts // the message's rules do not let an empty one in
	fields.EndsOn, err = day("fields.ends_on", f.EndsOn)
	return fields, err
}

func device(d *backoffice.Device) *v1.Device {
	out := &v1.Device{
		Id: d.ID.String(), Fields: &v1.DeviceFields{SerialNumber: d.SerialNumber, ModelId: d.ModelID.String(), FriendlyName: d.FriendlyName},
		Revision: d.Revision(), Model: d.ModelName, AccountId: d.AccountID.String(), AccountNumber: d.AccountNumber, AccountName: d.AccountName,
		SiteId: d.SiteID.String(), SiteNumber: d.SiteNumber, SiteName: d.SiteName, City: d.City, ContractNumber: d.ContractNumber,
		RetiredAt: dispatchrpc.Time(d.RetiredAt), OpenRequestId: idText(d.OpenID), OpenRequestNumber: d.OpenNumber,
		UpdatedAt: timestamppb.New(d.UpdatedAt),
	}
	if d.ContractID != nil {
		out.ContractId = d.ContractID.String()
	}
	return out
}

func deviceFields(f *v1.DeviceFields) (backoffice.DeviceFields, error) {
	var in ids
	return backoffice.DeviceFields{SerialNumber: f.SerialNumber, ModelID: in.of("fields.model_id", f.ModelId), FriendlyName: f.FriendlyName}, in.err
}
