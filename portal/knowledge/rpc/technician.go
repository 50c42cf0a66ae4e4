package rpc

import (
	"context"

	"github.com/google/uuid"

	"utsendt/dispatch"
	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/portal/knowledge"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// Guide is what technicians read of the knowledge base.
type Guide struct{ articles *knowledge.Service }

var _ dispatchrpc.Guide = Guide{}

// NewGuide makes a Guide.
func NewGuide(articles *knowledge.Service) Guide { return Guide{articles} }

// ForJob implements dispatchrpc.Guide.
func (g Guide) ForJob(ctx context.Context, device uuid.UUID, category dispatch.Category, language string) ([]*mobilev1.GuideEntry, error) {
	found, err := g.articles.ForJob(ctx, device, category, language)
	out := make([]*mobilev1.GuideEntry, len(found))
	for i, h := range found {
		out[i] = &mobilev1.GuideEntry{Slug: h.Slug, Title: h.Title}
	}
	return out, err
}

// Article implements dispatchrpc.Guide.
func (g Guide) Article(ctx context.Context, slug, language string) (*mobilev1.GuideArticle, error) {
	a, err := g.articles.Read(ctx, slug, language)
	if err != nil {
		return nil, err
	}
	html, err := knowledge.HTML(a.Text.Body)
	return &mobilev1.GuideArticle{Slug: a.Slug, Language: a.Text.Language, Title: a.Text.Title, Markdown: a.Text.Body, Html: html}, err
}
