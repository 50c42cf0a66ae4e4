package rpc

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
)

var roles = map[identity.Role]identityv1.Role{
	identity.RoleCustomer:   identityv1.Role_ROLE_CUSTOMER,
	identity.RoleTechnician: identityv1.Role_ROLE_TECHNICIAN,
	identity.RoleDispatcher: identityv1.Role_ROLE_DISPATCHER,
	identity.RoleAdmin:      identityv1.Role_ROLE_ADMIN,
}

func personMessage(p identity.Profile) *identityv1.Person {
	return &identityv1.Person{
		Id: p.ID.String(), UserId: p.UserID, Role: roles[p.Role],
		FirstName: p.FirstName, LastName: p.LastName, Email: p.Email, Language: p.Language,
		AccountName: p.AccountName, TechnicianNumber: p.TechnicianNumber,
		MustChangePassword: p.MustChangePassword, Title: p.Title, Phone: p.Phone,
		PendingEmail: p.PendingEmail, HasSecurityQuestions: p.HasSecurityQuestions,
	}
}

func sessionMessage(s identity.Session, current uuid.UUID) *identityv1.Session {
	return &identityv1.Session{
		Id: s.ID.String(), Kind: string(s.Kind), Label: s.Label, Address: s.Address,
		CreatedAt: timestamp(s.CreatedAt), LastSeenAt: timestamp(s.LastSeenAt), ExpiresAt: timestamp(s.ExpiresAt),
		Current: s.ID == current, Method: string(s.Method),
	}
}

func timestamp(t time.Time) *timestamppb.Timestamp { return timestamppb.New(t) }

// timestampIf is absent for nil.
func timestampIf(t *time.Time) *timestamppb.Timestamp {
	if t == nil {
		return nil
	}
	return timestamppb.New(*t)
}

func parseID(field, text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, fault.NewInvalid(field, "invalid_field", "The "+field+" must be a UUID.", fault.Cause(err))
	}
	return id, nil
}

func questionMessages(questions []identity.Question) []*identityv1.SecurityQuestion {
	list := make([]*identityv1.SecurityQuestion, len(questions))
	for i, q := range questions {
		list[i] = &identityv1.SecurityQuestion{Id: q.ID, Text: q.Text}
	}
	return list
}

// answersOf gives the two answers; the limits of the message have seen to it that there are two.
func answersOf(list []*identityv1.SecurityAnswer) (answers [2]identity.Answer) {
	for i := range answers {
		if i < len(list) {
			answers[i] = identity.Answer{Question: list[i].GetQuestionId(), Answer: list[i].GetAnswer()}
		}
	}
	return answers
}

// Browsers and systems by the mark in their user agent. The order matters: several carry the marks of
// others as well.
var (
	browsers = []struct{ mark, name string }{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	}
	systems = []struct{ mark, name string }{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"},
		{"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	}
)

// browser shortens a user agent to what its owner knows it by, such as "Firefox, Linux". What it does not
// know is "Browser"; the text itself is the caller's and goes nowhere.
func browser(userAgent string) string {
	name, system := "Browser", ""
	for _, b := range browsers {
		if strings.Contains(userAgent, b.mark) {
			name = b.name
			break
		}
	}
	for _, s := range systems {
		if strings.Contains(userAgent, s.mark) {
			system = ", " + s.name
			break
		}
	}
	return name + system
}
