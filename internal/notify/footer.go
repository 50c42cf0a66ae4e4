package notify

import (
	"context"

	"github.com/google/uuid"

	"utsendt/internal/notify/email"
)

// preferencesPath is the page where people turn mail on and off.
const preferencesPath = "/account"

// addFooter says why the mail came, and where to turn such mail off.
func (s *Service) addFooter(ctx context.Context, m *email.Message, w work) error {
	p := policies[w.Kind]
	why := "email.why." + string(p.class)
	switch {
	case w.PersonID == uuid.Nil && p.class.canTurnOff():
		why = "email.why.address"
	case p.mail == mailStepsIn:
		why = "email.why.steps_in"
	}
	var err error
	if m.Unsubscribe, err = s.unsubscribeURL(ctx, w); err != nil {
		return err
	}
	if m.Why, err = s.texts.get(w.Language, why, nil); err != nil || !p.class.canTurnOff() {
		return err
	}
	// Whoever is no person here has no page of their own: the page of the link is theirs.
	if m.Preferences = s.baseURL + preferencesPath; w.PersonID == uuid.Nil {
		m.Preferences = m.Unsubscribe
	}
	m.PreferencesText, err = s.texts.get(w.Language, "email.preferences", nil)
	return err
}
