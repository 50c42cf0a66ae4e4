package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/identity"
	"utsendt/portal/knowledge"
	"utsendt/portal/support"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

var topics = map[knowledge.Topic]portalv1.ArticleTopic{
	knowledge.MeterReading: portalv1.ArticleTopic_ARTICLE_TOPIC_METER_READING,
	knowledge.Fault:        portalv1.ArticleTopic_ARTICLE_TOPIC_FAULT,
	knowledge.Supplies:     portalv1.ArticleTopic_ARTICLE_TOPIC_SUPPLIES,
	knowledge.SetUp:        portalv1.ArticleTopic_ARTICLE_TOPIC_SET_UP,
	knowledge.General:      portalv1.ArticleTopic_ARTICLE_TOPIC_GENERAL,
}

// topicOf gives the domain's word; "" for UNSPECIFIED.
func topicOf(topic portalv1.ArticleTopic) knowledge.Topic {
	for word, t := range topics {
		if t == topic {
			return word
		}
	}
	return ""
}

// which reads whether withdrawn articles are wanted; absent means both.
func which(withdrawn *bool) knowledge.Which {
	switch {
	case withdrawn == nil:
		return knowledge.Both
	case *withdrawn:
		return knowledge.Withdrawn
	default:
		return knowledge.Published
	}
}

// languageOf is the language asked for, or else the caller's, or else bokmål.
func languageOf(ctx context.Context, asked string) string {
	if asked != "" {
		return asked
	}
	if actor := identity.Caller(ctx); actor.Language != "" {
		return actor.Language
	}
	return "nb"
}

func contact(c support.Contact, language string) *portalv1.CountrySupport {
	return &portalv1.CountrySupport{Country: c.Country, CountryName: c.Name(language), Phone: c.Phone, Dial: c.Dial(), Email: c.Email}
}

func hits(found []knowledge.Hit) []*portalv1.ArticleHit {
	out := make([]*portalv1.ArticleHit, len(found))
	for i, h := range found {
		out[i] = &portalv1.ArticleHit{
			Slug: h.Slug, Topic: topics[h.Topic], Language: h.Language, OtherLanguage: h.OtherLanguage, Title: h.Title,
		}
		for _, p := range h.Snippet {
			out[i].Snippet = append(out[i].Snippet, &portalv1.SnippetPart{Text: p.Text, Found: p.Found})
		}
	}
	return out
}

func article(a knowledge.Article) (*portalv1.Article, error) {
	html, err := knowledge.HTML(a.Text.Body)
	return &portalv1.Article{
		Slug: a.Slug, Topic: topics[a.Topic], Language: a.Text.Language, OtherLanguage: a.OtherLanguage, Title: a.Text.Title,
		Markdown: a.Text.Body, Html: html, Models: a.Models,
	}, err
}

func edited(e knowledge.Edited) *backofficev1.EditedArticle {
	content := &backofficev1.ArticleContent{Slug: e.Slug, Topic: topics[e.Topic], Models: e.Models}
	for _, t := range e.Texts {
		content.Texts = append(content.Texts, &backofficev1.ArticleText{Language: t.Language, Title: t.Title, Body: t.Body})
	}
	out := &backofficev1.EditedArticle{
		Id: e.ID.String(), Version: e.Version, Content: content,
		CreatedAt: timestamppb.New(e.CreatedAt), UpdatedAt: timestamppb.New(e.UpdatedAt),
	}
	if e.WithdrawnAt != nil {
		out.WithdrawnAt = timestamppb.New(*e.WithdrawnAt)
	}
	return out
}

func contentOf(c *backofficev1.ArticleContent) knowledge.Content {
	content := knowledge.Content{Slug: c.GetSlug(), Topic: topicOf(c.GetTopic()), Models: c.GetModels()}
	for _, t := range c.GetTexts() {
		content.Texts = append(content.Texts, knowledge.Text{Language: t.GetLanguage(), Title: t.GetTitle(), Body: t.GetBody()})
	}
	return content
}
