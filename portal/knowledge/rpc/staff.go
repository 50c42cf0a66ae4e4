package rpc

import (
	"context"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal/knowledge"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
)

// Staff is KnowledgeService.
type Staff struct {
	articles *knowledge.Service
}

var _ backofficev1connect.KnowledgeServiceHandler = (*Staff)(nil)

// NewStaff serves staff.
func NewStaff(articles *knowledge.Service) *Staff { return &Staff{articles: articles} }

// ListArticles lists articles.
func (s *Staff) ListArticles(ctx context.Context, req *backofficev1.ListArticlesRequest) (*backofficev1.ListArticlesResponse, error) {
	page, err := s.articles.Search(ctx, knowledge.Query{
		Text: req.Query, Topic: topicOf(req.Topic), Language: languageOf(ctx, req.Language),
		PageSize: int(req.PageSize), PageToken: req.PageToken, Which: which(req.Withdrawn),
	})
	if err != nil {
		return nil, err
	}
	res := &backofficev1.ListArticlesResponse{Hits: hits(page.Hits), NextPageToken: page.NextPageToken}
	for _, h := range page.Hits {
		if h.Withdrawn {
			res.WithdrawnSlugs = append(res.WithdrawnSlugs, h.Slug)
		}
	}
	return res, nil
}

// GetArticle gives one article in all its languages.
func (s *Staff) GetArticle(ctx context.Context, req *backofficev1.GetArticleRequest) (*backofficev1.GetArticleResponse, error) {
	e, err := s.articles.Get(ctx, identity.Caller(ctx), req.Slug)
	if err != nil {
		return nil, err
	}
	return &backofficev1.GetArticleResponse{Article: edited(e)}, nil
}

// PreviewArticle shows Markdown as customers will see it.
func (s *Staff) PreviewArticle(_ context.Context, req *backofficev1.PreviewArticleRequest) (*backofficev1.PreviewArticleResponse, error) {
	html, err := knowledge.HTML(req.Markdown)
	if err != nil {
		return nil, err
	}
	return &backofficev1.PreviewArticleResponse{Html: html}, nil
}

// CreateArticle writes a new article.
func (s *Staff) CreateArticle(ctx context.Context, req *backofficev1.CreateArticleRequest) (*backofficev1.CreateArticleResponse, error) {
	operation, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	e, err := s.articles.Create(ctx, identity.Caller(ctx), operation, contentOf(req.Content))
	if err != nil {
		return nil, err
	}
	return &backofficev1.CreateArticleResponse{Article: edited(e)}, nil
}

// UpdateArticle changes an article.
func (s *Staff) UpdateArticle(ctx context.Context, req *backofficev1.UpdateArticleRequest) (*backofficev1.UpdateArticleResponse, error) {
	operation, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	id, err := dispatchrpc.ID("id", req.Id)
	if err != nil {
		return nil, err
	}
	e, err := s.articles.Update(ctx, identity.Caller(ctx), operation, id, req.Version, contentOf(req.Content))
	if err != nil {
		return nil, err
	}
	return &backofficev1.UpdateArticleResponse{Article: edited(e)}, nil
}

// DeleteArticle removes an article.
func (s *Staff) DeleteArticle(ctx context.Context, req *backofficev1.DeleteArticleRequest) (*backofficev1.DeleteArticleResponse, error) {
	operation, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	id, err := dispatchrpc.ID("id", req.Id)
	if err != nil {
		return nil, err
	}
	return &backofficev1.DeleteArticleResponse{}, s.articles.Delete(ctx, identity.Caller(ctx), operation, id, req.Version)
}

// SetArticleWithdrawn takes an article from customers, or gives it back.
func (s *Staff) SetArticleWithdrawn(ctx context.Context, req *backofficev1.SetArticleWithdrawnRequest) (*backofficev1.SetArticleWithdrawnResponse, error) {
	operation, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	id, err := dispatchrpc.ID("id", req.Id)
	if err != nil {
		return nil, err
	}
	e, err := s.articles.SetWithdrawn(ctx, identity.Caller(ctx), operation, id, req.Version, req.Withdrawn)
	if err != nil {
		return nil, err
	}
	return &backofficev1.SetArticleWithdrawnResponse{Article: edited(e)}, nil
}
