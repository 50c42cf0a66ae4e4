package rpc

import (
	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal"
	"utsendt/portal/addresschange"
	"utsendt/portal/registration"
	"utsendt/portal/support"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// twoIDs translates the ids that most changes have.
func twoIDs(operation, field, id string) (op, thing uuid.UUID, err error) {
	if op, err = dispatchrpc.ID("operation_id", operation); err != nil {
		return op, thing, err
	}
	thing, err = dispatchrpc.ID(field, id)
	return op, thing, err
}

func ids(field string, texts []string) ([]uuid.UUID, error) {
	out := make([]uuid.UUID, len(texts))
	for i, text := range texts {
		id, err := dispatchrpc.ID(field, text)
		if err != nil {
			return nil, err
		}
		out[i] = id
	}
	return out, nil
}

// text gives an id, and nothing for none.
func text(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

var states = map[registration.State]portalv1.RegistrationState{
	registration.Pending: portalv1.RegistrationState_REGISTRATION_STATE_PENDING,
	registration.Active:  portalv1.RegistrationState_REGISTRATION_STATE_ACTIVE,
	registration.Refused: portalv1.RegistrationState_REGISTRATION_STATE_REFUSED,
	registration.Removed: portalv1.RegistrationState_REGISTRATION_STATE_REMOVED,
}

func stateOf(s portalv1.RegistrationState) registration.State {
	for state, wire := range states {
		if wire == s {
			return state
		}
	}
	return ""
}

func registered(r registration.Registration) *portalv1.Registration {
	out := &portalv1.Registration{
		Id: r.ID.String(), State: states[r.State], DeviceId: r.DeviceID.String(), SerialNumber: r.Device.SerialNumber,
		FriendlyName: r.FriendlyName(), Model: r.Device.Model.Name, SiteName: r.Device.Site.Name,
		Place:       dispatchrpc.Place(portal.PlaceOf(r.Device.Site)),
		BackupEmail: r.BackupEmail, Reminders: r.Reminders, RequestedAt: timestamppb.New(r.RequestedAt),
		AnswerBy: dispatchrpc.Time(r.AnswerBy), DecidedAt: dispatchrpc.Time(r.DecidedAt),
	}
	if r.State == registration.Refused {
		out.Reason = r.Reason
	}
	return out
}

func localSupport(c *support.Contact) *portalv1.LocalSupport {
	if c == nil {
		return nil
	}
	return &portalv1.LocalSupport{Country: c.Country, Phone: c.Phone, Email: c.Email}
}

var changeStates = map[addresschange.State]portalv1.AddressChangeState{
	addresschange.Pending:   portalv1.AddressChangeState_ADDRESS_CHANGE_STATE_PENDING,
	addresschange.Approved:  portalv1.AddressChangeState_ADDRESS_CHANGE_STATE_APPROVED,
	addresschange.Refused:   portalv1.AddressChangeState_ADDRESS_CHANGE_STATE_REFUSED,
	addresschange.Withdrawn: portalv1.AddressChangeState_ADDRESS_CHANGE_STATE_WITHDRAWN,
}

func address(a addresschange.Address) *portalv1.SiteAddress {
	return &portalv1.SiteAddress{Line1: a.Line1, Line2: a.Line2, Line3: a.Line3, PostalCode: a.PostalCode, City: a.City, Country: a.Country}
}

func addressOf(a *portalv1.SiteAddress) addresschange.Address {
	return addresschange.Address{
		Line1: a.GetLine1(), Line2: a.GetLine2(), Line3: a.GetLine3(), PostalCode: a.GetPostalCode(), City: a.GetCity(), Country: a.GetCountry(),
	}
}

// change shows a change to whoever actor is.
func change(actor identity.Actor, c addresschange.Change) *portalv1.AddressChange {
	out := &portalv1.AddressChange{
		Id: c.ID.String(), State: changeStates[c.State], DeviceId: text(c.DeviceID), SiteName: c.Site.Name,
		Before: address(c.Was), After: address(c.Address), Reason: c.Reason, RequestId: text(c.RequestID),
		RequestedAt: timestamppb.New(c.RequestedAt), AnswerBy: timestamppb.New(c.AnswerBy), DecidedAt: dispatchrpc.Time(c.DecidedAt),
		DecisionReason: c.DecisionReason, Mine: c.RequestedBy == actor.PersonID,
	}
	if c.Device != nil {
		out.SerialNumber = c.Device.SerialNumber
	}
	return out
}

func moving(rows []portal.DeviceDetail) []*portalv1.MovingDevice {
	out := make([]*portalv1.MovingDevice, len(rows))
	for i, d := range rows {
		out[i] = &portalv1.MovingDevice{DeviceId: d.ID.String(), SerialNumber: d.SerialNumber, FriendlyName: d.FriendlyName, Model: d.Model.Name}
	}
	return out
}

func applicant(p *identity.Person) *backofficev1.Applicant {
	return &backofficev1.Applicant{PersonId: p.ID.String(), UserId: p.UserID, Name: p.Name(), Email: p.Email, Phone: p.Phone}
}
