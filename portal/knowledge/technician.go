package knowledge

import (
	"context"

	"github.com/google/uuid"

	"utsendt/dispatch"
)

// guideSize is how many articles a technician's guide has.
const guideSize = 12

// ForJob gives articles that may help a technician at a device: those on the fault first, then others for the device's model
// or for all models; each once. A device that left the books has those for all models.
func (s *Service) ForJob(ctx context.Context, device uuid.UUID, category dispatch.Category, language string) ([]Hit, error) {
	var model uuid.UUID
	err := s.db.NewRaw(`SELECT model_id FROM devices WHERE id = ?`, device).Scan(ctx, &model)
	if err != nil && !none(err) {
		return nil, failed("looking for a device's model", err)
	}
	r, known := remedies[category]
	about := Query{Topic: r.topic, Text: r.nb, Model: model, Language: language, PageSize: suggestions}
	if language == "en" {
		about.Text = r.en
	}
	if !known {
		about.Topic = Fault
	}
	var guide []Hit
	seen := map[string]bool{}
	for _, q := range []Query{about, {Model: model, Language: language, PageSize: guideSize}} {
		page, err := s.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, h := range page.Hits {
			if !seen[h.Slug] && len(guide) < guideSize {
				seen[h.Slug] = true
				guide = append(guide, h)
			}
		}
	}
	return guide, nil
}
