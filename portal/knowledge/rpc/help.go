package rpc

import (
	"context"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal/knowledge"
	"utsendt/portal/support"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Links are where people find what is not here; empty ones are not shown.
type Links struct {
	Downloads, Shop, KnowledgeBase string
}

// Help is HelpService.
type Help struct {
	articles *knowledge.Service
	links    Links
}

var _ portalv1connect.HelpServiceHandler = (*Help)(nil)

// NewHelp serves customers.
func NewHelp(articles *knowledge.Service, links Links) *Help {
	return &Help{articles: articles, links: links}
}

// ListSupportContacts lists whom to call.
func (h *Help) ListSupportContacts(ctx context.Context, req *portalv1.ListSupportContactsRequest) (*portalv1.ListSupportContactsResponse, error) {
	country := req.Country
	if country == "" {
		var err error
		if country, err = h.articles.CountryOf(ctx, identity.Caller(ctx)); err != nil {
			return nil, err
		}
	}
	language := languageOf(ctx, req.Language)
	res := &portalv1.ListSupportContactsResponse{Links: &portalv1.HelpLinks{
		Downloads: orAbsent(h.links.Downloads), Shop: orAbsent(h.links.Shop), KnowledgeBase: orAbsent(h.links.KnowledgeBase),
	}}
	for _, c := range support.OwnFirst(country, language) {
		res.Contacts = append(res.Contacts, contact(c, language))
	}
	return res, nil
}

func orAbsent(link string) *string {
	if link == "" {
		return nil
	}
	return &link
}

// SearchArticles searches the knowledge base.
func (h *Help) SearchArticles(ctx context.Context, req *portalv1.SearchArticlesRequest) (*portalv1.SearchArticlesResponse, error) {
	q := knowledge.Query{
		Text: req.Query, Topic: topicOf(req.Topic), Language: languageOf(ctx, req.Language),
		PageSize: int(req.PageSize), PageToken: req.PageToken,
	}
	var err error
	if q.Model, err = dispatchrpc.ID("model_id", req.ModelId); err != nil {
		return nil, err
	}
	device, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	page, err := h.articles.SearchFor(ctx, identity.Caller(ctx), device, q)
	if err != nil {
		return nil, err
	}
	return &portalv1.SearchArticlesResponse{Hits: hits(page.Hits), NextPageToken: page.NextPageToken}, nil
}

// GetArticle gives one article.
func (h *Help) GetArticle(ctx context.Context, req *portalv1.GetArticleRequest) (*portalv1.GetArticleResponse, error) {
	a, err := h.articles.Read(ctx, req.Slug, languageOf(ctx, req.Language))
	if err != nil {
		return nil, err
	}
	shown, err := article(a)
	if err != nil {
		return nil, err
	}
	return &portalv1.GetArticleResponse{Article: shown}, nil
}

// MeterGuide tells how to read a device's meter.
func (h *Help) MeterGuide(ctx context.Context, req *portalv1.MeterGuideRequest) (*portalv1.MeterGuideResponse, error) {
	device, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	language := languageOf(ctx, req.Language)
	guide, err := h.articles.MeterGuide(ctx, identity.Caller(ctx), device, language)
	if err != nil {
		return nil, err
	}
	res := &portalv1.MeterGuideResponse{ForModel: guide.ForModel, Model: guide.Model}
	if guide.Contact != nil {
		res.Contact = contact(*guide.Contact, language)
	}
	if guide.Article != nil {
		if res.Article, err = article(*guide.Article); err != nil {
			return nil, err
		}
	}
	return res, nil
}

// SuggestArticles gives articles that may help with a fault.
func (h *Help) SuggestArticles(ctx context.Context, req *portalv1.SuggestArticlesRequest) (*portalv1.SuggestArticlesResponse, error) {
	device, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	found, err := h.articles.Suggest(ctx, identity.Caller(ctx), device, dispatchrpc.CategoryOf(req.Category), languageOf(ctx, req.Language))
	if err != nil {
		return nil, err
	}
	return &portalv1.SuggestArticlesResponse{Hits: hits(found)}, nil
}
