package knowledge

import (
	"context"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal"
	"utsendt/portal/support"
)

// SearchFor is Search for a customer, for one of their devices unless device is uuid.Nil. NotFound ("device_not_found") for
// a device they do not follow.
func (s *Service) SearchFor(ctx context.Context, actor identity.Actor, device uuid.UUID, q Query) (Page, error) {
	if device == uuid.Nil {
		return s.Search(ctx, q)
	}
	if q.Model != uuid.Nil {
		return Page{}, fault.NewInvalid("model_id", "model_and_device", "Name a model or a device, not both.")
	}
	d, err := portal.DeviceOfPerson(ctx, s.db, actor, device)
	if err != nil {
		return Page{}, err
	}
	q.Model = d.ModelID
	return s.Search(ctx, q)
}

// Guide tells how to read the meter of a device.
type Guide struct {
	// Article is nil when none tells.
	Article *Article
	// ForModel is true when the article is for this model, and not for any.
	ForModel bool
	Model    string
	// Contact is the support of the account's country; nil for a country without.
	Contact *support.Contact
}

// MeterGuide finds the guide for a device: an article about meter reading for its model, or else for all models, rather in
// the language asked for. Errors as for SearchFor.
func (s *Service) MeterGuide(ctx context.Context, actor identity.Actor, device uuid.UUID, language string) (Guide, error) {
	d, err := portal.DeviceOfPerson(ctx, s.db, actor, device)
	if err != nil {
		return Guide{}, err
	}
	guide := Guide{Model: d.Model.Name}
	if c, ok := support.Of(d.Account.Country); ok {
		guide.Contact = &c
	}
	var slug string
	err = s.db.NewRaw(`SELECT a.slug, m.model_id IS NOT NULL AS for_model FROM articles a
			LEFT JOIN article_models m ON m.article_id = a.id AND m.model_id = ?
		WHERE a.withdrawn_at IS NULL AND a.topic = ? AND (m.model_id IS NOT NULL OR NOT EXISTS (SELECT FROM article_models o WHERE o.article_id = a.id))
		ORDER BY m.model_id IS NULL, NOT EXISTS (SELECT FROM article_texts t WHERE t.article_id = a.id AND t.language = ?), a.slug
		LIMIT 1`, d.ModelID, MeterReading, language).Scan(ctx, &slug, &guide.ForModel)
	if none(err) {
		return guide, nil
	}
	if err != nil {
		return Guide{}, failed("finding a guide", err)
	}
	article, err := s.Read(ctx, slug, language)
	if err != nil {
		return Guide{}, err
	}
	guide.Article = &article
	return guide, nil
}

// CountryOf gives the country of the actor's account; "" for whoever has none.
func (s *Service) CountryOf(ctx context.Context, actor identity.Actor) (string, error) {
	if actor.AccountID == uuid.Nil {
		return "", nil
	}
	var country string
	err := s.db.NewRaw(`SELECT country FROM accounts WHERE id = ?`, actor.AccountID).Scan(ctx, &country)
	if err != nil && !none(err) {
		return "", failed("looking for the country", err)
	}
	return country, nil
}

// suggestions is how many articles are suggested for a fault.
const suggestions = 3

// remedy is where articles on a category of faults are found.
type remedy struct {
	topic  Topic
	nb, en string
}

// remedies has the categories for which people can do something themselves.
var remedies = map[dispatch.Category]remedy{
	dispatch.PaperJam:     {Fault, `papirstopp or "papir setter seg fast"`, `"paper jam" or jammed`},
	dispatch.PrintQuality: {Fault, "striper or flekker or utskriftskvalitet", `streaks or spots or "print quality"`},
	dispatch.NotPrinting:  {Fault, `"skriver ikke ut" or utskriftskø or toner`, `"does not print" or queue or toner`},
	dispatch.ErrorCode:    {Fault, "feilkode or omstart", `"error code" or restart`},
	dispatch.Noise:        {Fault, "støy or ulyd", "noise or squeaking"},
	dispatch.Scanning:     {"", "skanning or skanner", "scanning or scanner"},
	dispatch.Network:      {SetUp, "nettverk or adresse", "network or address"},
	dispatch.Finishing:    {"", "stifter or etterbehandler", "staples or finisher"},
}

// Suggest gives at most three articles that may help with a fault of a device. Errors as for SearchFor.
func (s *Service) Suggest(ctx context.Context, actor identity.Actor, device uuid.UUID, category dispatch.Category, language string) ([]Hit, error) {
	r, known := remedies[category]
	q := Query{Topic: r.topic, Text: r.nb, Language: language, PageSize: suggestions}
	if language == "en" {
		q.Text = r.en
	}
	if !known {
		q.Topic = Fault
	}
	page, err := s.SearchFor(ctx, actor, device, q)
	return page.Hits, err
}
