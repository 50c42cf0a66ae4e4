package rpc

import (
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Access gives the rules of HelpService and KnowledgeService.
func Access() rpc.Access {
	customers := rpc.Only(identity.RoleCustomer)
	staff := rpc.Only(identity.RoleDispatcher, identity.RoleAdmin)
	return rpc.Access{
		// Whoever cannot sign in needs somebody to call.
		portalv1connect.HelpServiceListSupportContactsProcedure: rpc.Everyone,
		portalv1connect.HelpServiceSearchArticlesProcedure:      customers,
		portalv1connect.HelpServiceGetArticleProcedure:          customers,
		portalv1connect.HelpServiceMeterGuideProcedure:          customers,
		portalv1connect.HelpServiceSuggestArticlesProcedure:     customers,

		backofficev1connect.KnowledgeServiceListArticlesProcedure:   staff,
		backofficev1connect.KnowledgeServiceGetArticleProcedure:     staff,
		backofficev1connect.KnowledgeServicePreviewArticleProcedure: staff,
		backofficev1connect.KnowledgeServiceCreateArticleProcedure:  staff,
		backofficev1connect.KnowledgeServiceUpdateArticleProcedure:  staff,
		backofficev1connect.KnowledgeServiceDeleteArticleProcedure:  staff,

		backofficev1connect.KnowledgeServiceSetArticleWithdrawnProcedure: staff,
	}
}
