package notify

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// Preference says whether a person gets one class of mail.
type Preference struct {
	Class Class `json:"class"`
	On    bool  `json:"on"`
	// CanTurnOff is false for what everybody gets.
	CanTurnOff bool `json:"can_turn_off"`
}

// concerns tells whether people of a role get mail of a class at all.
func (c Class) concerns(role identity.Role) bool {
	switch c {
	case Security:
		return true
	case Work:
		return role != identity.RoleCustomer
	case NewRequests:
		return role == identity.RoleDispatcher || role == identity.RoleAdmin
	default:
		return role == identity.RoleCustomer
	}
}

// MailPreferences gives the actor's switches: those of the classes that concern people of their role.
func (s *Service) MailPreferences(ctx context.Context, actor identity.Actor) ([]Preference, error) {
	if err := signedIn(actor); err != nil {
		return nil, err
	}
	return readPreferences(ctx, s.db, actor)
}

// SetMailPreferences turns classes of mail on or off for the actor and gives all their switches. Every later mail
// obeys, also one that waits already; one that is being sent at this moment may still come. CanTurnOff of what is
// given is not looked at.
//
// Errors: Invalid mail_class_required for turning security off, mail_class_unknown for a class that does not
// concern the actor, mail_class_twice.
func (s *Service) SetMailPreferences(ctx context.Context, actor identity.Actor, operation uuid.UUID, changes []Preference,
) ([]Preference, error) {
	if err := signedIn(actor); err != nil {
		return nil, err
	}
	on := make(map[Class]bool, len(changes))
	for _, change := range changes {
		_, twice := on[change.Class]
		switch {
		case !slices.Contains(classes, change.Class) || !change.Class.concerns(actor.Role):
			return nil, fault.NewInvalid("preferences", "mail_class_unknown", "There is no such class of mail for you.")
		case twice:
			return nil, fault.NewInvalid("preferences", "mail_class_twice", "A class of mail is named twice.")
		case !change.On && !change.Class.canTurnOff():
			return nil, fault.NewInvalid("preferences", "mail_class_required",
				"Mail about the safety of your account cannot be turned off.")
		}
		on[change.Class] = change.On
	}
	key := once.Key{Person: actor.PersonID, ID: operation, Kind: "set_mail_preferences"}
	return once.InTx(ctx, s.db, key, on, func(ctx context.Context, tx postgres.Tx) ([]Preference, error) {
		return setPreferences(ctx, tx, actor, actor, on)
	})
}

// setPreferences writes switches of a person, who may be another than the one who asks, and the audit trail.
func setPreferences(ctx context.Context, tx postgres.Tx, by audit.Actor, person identity.Actor, on map[Class]bool) ([]Preference, error) {
	// Changes of one person take turns, so that the trail tells them in order.
	if err := tx.NewRaw(`SELECT id FROM people WHERE id = ? FOR NO KEY UPDATE`, person.PersonID).Scan(ctx, new(uuid.UUID)); err != nil {
		return nil, fmt.Errorf("notify: locking a person: %w", err)
	}
	before, err := readPreferences(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	var turnOn []string
	for class, wanted := range on {
		if wanted {
			turnOn = append(turnOn, string(class))
			continue
		}
		if _, err := tx.NewRaw(`INSERT INTO mail_preferences (person_id, class, off_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			person.PersonID, class, tx.Now()).Exec(ctx); err != nil {
			return nil, fmt.Errorf("notify: turning mail off: %w", err)
		}
	}
	if len(turnOn) > 0 {
		if _, err := tx.NewRaw(`DELETE FROM mail_preferences WHERE person_id = ? AND class IN (?)`,
			person.PersonID, bun.List(turnOn)).Exec(ctx); err != nil {
			return nil, fmt.Errorf("notify: turning mail on: %w", err)
		}
	}
	after, err := readPreferences(ctx, tx, person)
	if err != nil || slices.Equal(before, after) {
		return after, err
	}
	return after, audit.Write(ctx, tx, by, "person.mail_preferences", "person", person.PersonID, switches(before), switches(after))
}

func switches(list []Preference) map[Class]bool {
	on := make(map[Class]bool, len(list))
	for _, p := range list {
		on[p.Class] = p.On
	}
	return on
}

func readPreferences(ctx context.Context, db bun.IDB, person identity.Actor) ([]Preference, error) {
	var off []string
	if err := db.NewRaw(`SELECT class FROM mail_preferences WHERE person_id = ?`, person.PersonID).Scan(ctx, &off); err != nil {
		return nil, fmt.Errorf("notify: reading mail preferences: %w", err)
	}
	var list []Preference
	for _, class := range classes {
		if class.concerns(person.Role) {
			list = append(list, Preference{
				Class: class, On: !class.canTurnOff() || !slices.Contains(off, string(class)), CanTurnOff: class.canTurnOff(),
			})
		}
	}
	return list, nil
}
