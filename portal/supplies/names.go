package supplies

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// Names gives what parts are called in a language, "nb" or "en", by the numbers on their boxes; those that are not in the
// catalogue are not in the answer.
func (s *Service) Names(ctx context.Context, numbers []string, language string) (map[string]string, error) {
	names := make(map[string]string, len(numbers))
	if len(numbers) == 0 {
		return names, nil
	}
	var rows []struct {
		Number string
		NameNb string
		NameEn string
	}
	if err := s.db.NewRaw(`SELECT number, name_nb, name_en FROM supplies WHERE number IN (?)`, bun.List(numbers)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("supplies: reading names: %w", err)
	}
	for _, r := range rows {
		names[r.Number] = r.NameNb
		if language == "en" {
			names[r.Number] = r.NameEn
		}
	}
	return names, nil
}
