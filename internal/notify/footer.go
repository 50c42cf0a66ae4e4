package notify

import (
	"github.com/google/uuid"

	"utsendt/internal/notify/email"
)

// preferencesPath is the page where people turn mail on and off.
const preferencesPath = "/account"

// addFooter says why the mail came, and where to turn such mail off.
func (s *Service) addFooter(m *email.Message, w work) error {
	p := policies[w.Kind]
	why := "email.why." + string(p.class)
	switch {
	case w.PersonID == uuid.Nil && p.class.canTurnOff():
		why = "email.why.address"
	case p.mail == mailStepsIn:
		why = "email.why.steps_in"
	}
	var err error
	if m.Why, err = s.texts.get(w.Language, why, nil); err != nil || !p.class.canTurnOff() || w.PersonID == uuid.Nil {
		return err
	}
	m.Preferences = s.baseURL + preferencesPath
	m.PreferencesText, err = s.texts.get(w.Language, "email.preferences", nil)
	return err
}
