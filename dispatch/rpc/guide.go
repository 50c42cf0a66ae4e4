package rpc

import (
	"context"

	"github.com/google/uuid"

	"utsendt/dispatch"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// Guide has articles that help technicians. Package portal knows them.
type Guide interface {
	// ForJob lists articles on a fault of a device, and on the device; none for a device that left the books.
	ForJob(ctx context.Context, device uuid.UUID, category dispatch.Category, language string) ([]*mobilev1.GuideEntry, error)
	// Article gives one to read. NotFound "article_not_found".
	Article(ctx context.Context, slug, language string) (*mobilev1.GuideArticle, error)
}
