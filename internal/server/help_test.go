package server_test

import (
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestHelp is what a customer finds who cannot go on: whom to call, how to read the meter, and what helps with a fault.
func TestHelp(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{Demo: true, Change: func(c *server.Config) { c.Links.Shop = "https://shop.example.com" }})
	nobody, err := s.Nobody(t).Help.ListSupportContacts(t.Context(), &portalv1.ListSupportContactsRequest{Language: "en", Country: "SE"})
	if err != nil || len(nobody.Contacts) != 20 || nobody.Contacts[0].CountryName != "Sweden" || nobody.Contacts[0].Phone != "020-734734" {
		t.Fatalf("nobody: %v, %v", nobody, err)
	}
	if l := nobody.Links; l.GetShop() != "https://shop.example.com" || l.Downloads != nil || l.KnowledgeBase != nil {
		t.Errorf("links: %v", l)
	}
	customer := s.Browser(t, "kunde01")
	own, err := customer.Help.ListSupportContacts(t.Context(), &portalv1.ListSupportContactsRequest{})
	if err != nil || own.Contacts[0].Country != "NO" || own.Contacts[0].CountryName != "Norge" || own.Contacts[0].Dial != "+4722587800" {
		t.Errorf("own: %v, %v", own, err)
	}
	// Every model has its guide in both languages.
	models := map[string]bool{}
	for _, d := range devicesOf(t, customer) {
		for _, language := range []string{"nb", "en"} {
			guide, err := customer.Help.MeterGuide(t.Context(), &portalv1.MeterGuideRequest{DeviceId: d.Id, Language: language})
			if err != nil || !guide.ForModel || guide.Article.Language != language || guide.Article.OtherLanguage || guide.Contact.Country != "NO" ||
				!strings.Contains(guide.Article.Html, "<h2>") || strings.Contains(guide.Article.Html, "<script") {
				t.Errorf("%s in %s: %v, %v", d.Model, language, guide, err)
			}
		}
		models[d.Model] = true
	}
	if len(models) < 3 {
		t.Errorf("only the models %v were asked for", models)
	}
	device := devicesOf(t, customer)[0].Id
	for category, words := range map[dispatchv1.FaultCategory]string{1: "papirstopp", 2: "striper", 3: "skriver-ikke-ut", 4: "skriver-ikke-ut", 5: "skriver-ikke-ut", 7: "skanne-til-nettverk"} {
		res, err := customer.Help.SuggestArticles(t.Context(), &portalv1.SuggestArticlesRequest{DeviceId: device, Category: category})
		if err != nil || len(res.Hits) == 0 || res.Hits[0].Slug != words {
			t.Errorf("%s: %v, %v", category, res, err)
		}
	}
	// The words that people are told to search for.
	for query, language := range map[string]string{"Måleravlesninger": "nb", "meter readings": "en"} {
		res, err := customer.Help.SearchArticles(t.Context(), &portalv1.SearchArticlesRequest{Query: query, DeviceId: device, Language: language})
		if err != nil || len(res.Hits) != 2 || res.Hits[0].Topic != portalv1.ArticleTopic_ARTICLE_TOPIC_METER_READING || res.Hits[0].OtherLanguage {
			t.Errorf("%s: %v, %v", query, res, err)
		}
	}
}

// TestArticlesByStaff: what staff write is read by customers at once, safe to show, and what they withdraw or
// delete is gone.
func TestArticlesByStaff(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{Demo: true})
	staff, customer := s.Browser(t, "sentral1"), s.Browser(t, "kunde01")
	content := &backofficev1.ArticleContent{
		Slug: "ny-artikkel", Topic: portalv1.ArticleTopic_ARTICLE_TOPIC_GENERAL,
		Texts: []*backofficev1.ArticleText{{Language: "nb", Title: "Sommerstengt", Body: "Vi har **ferie**. <script>alert(1)</script>"}},
	}
	operation := uuid.NewString()
	var id string
	for range 2 {
		res, err := staff.Articles.CreateArticle(t.Context(), &backofficev1.CreateArticleRequest{OperationId: operation, Content: content})
		if err != nil || id != "" && res.Article.Id != id {
			t.Fatal(res, err)
		}
		id = res.Article.Id
	}
	read, err := customer.Help.GetArticle(t.Context(), &portalv1.GetArticleRequest{Slug: "ny-artikkel", Language: "en"})
	if err != nil || !read.Article.OtherLanguage || !strings.Contains(read.Article.Html, "<strong>ferie</strong>") || strings.Contains(read.Article.Html, "script>") {
		t.Errorf("read: %v, %v", read, err)
	}
	content.Texts[0].Title = "Åpent igjen"
	if _, err := staff.Articles.UpdateArticle(t.Context(), &backofficev1.UpdateArticleRequest{OperationId: uuid.NewString(), Id: id, Version: 2, Content: content}); connect.CodeOf(err) != connect.CodeAborted {
		t.Errorf("an unknown version: %v", err)
	}
	if _, err := staff.Articles.UpdateArticle(t.Context(), &backofficev1.UpdateArticleRequest{OperationId: uuid.NewString(), Id: id, Version: 1, Content: content}); err != nil {
		t.Error(err)
	}
	version := int64(2)
	found, err := customer.Help.SearchArticles(t.Context(), &portalv1.SearchArticlesRequest{Query: "åpent ferie"})
	if err != nil || len(found.Hits) != 1 || found.Hits[0].Title != "Åpent igjen" {
		t.Errorf("found: %v, %v", found, err)
	}
	list, err := staff.Articles.ListArticles(t.Context(), &backofficev1.ListArticlesRequest{PageSize: 100})
	if err != nil || len(list.Hits) != 12 {
		t.Errorf("list: %d, %v", len(list.GetHits()), err)
	}
	for _, withdrawn := range []bool{true, false} {
		set, err := staff.Articles.SetArticleWithdrawn(t.Context(), &backofficev1.SetArticleWithdrawnRequest{OperationId: uuid.NewString(), Id: id, Version: version, Withdrawn: withdrawn})
		if err != nil || (set.Article.WithdrawnAt != nil) != withdrawn {
			t.Fatalf("withdrawn %t: %v, %v", withdrawn, set, err)
		}
		version = set.Article.Version
		found, err := customer.Help.SearchArticles(t.Context(), &portalv1.SearchArticlesRequest{Query: "ferie"})
		if err != nil || slices.ContainsFunc(found.Hits, func(h *portalv1.ArticleHit) bool { return h.Slug == "ny-artikkel" }) == withdrawn {
			t.Errorf("withdrawn %t, and a customer finds %v, %v", withdrawn, found, err)
		}
		if _, err := customer.Help.GetArticle(t.Context(), &portalv1.GetArticleRequest{Slug: "ny-artikkel"}); (connect.CodeOf(err) == connect.CodeNotFound) != withdrawn {
			t.Errorf("withdrawn %t, and a customer reads: %v", withdrawn, err)
		}
		kept, err := staff.Articles.ListArticles(t.Context(), &backofficev1.ListArticlesRequest{Query: "ferie", Withdrawn: &withdrawn})
		if err != nil || !slices.ContainsFunc(kept.Hits, func(h *portalv1.ArticleHit) bool { return h.Slug == "ny-artikkel" }) ||
			slices.Contains(kept.WithdrawnSlugs, "ny-artikkel") != withdrawn {
			t.Errorf("withdrawn %t, and staff find %v, %v", withdrawn, kept, err)
		}
	}
	if _, err := staff.Articles.DeleteArticle(t.Context(), &backofficev1.DeleteArticleRequest{OperationId: uuid.NewString(), Id: id, Version: version}); err != nil {
		t.Error(err)
	}
	if _, err := customer.Help.GetArticle(t.Context(), &portalv1.GetArticleRequest{Slug: "ny-artikkel"}); connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("deleted: %v", err)
	}
}
