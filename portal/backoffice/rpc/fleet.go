package rpc

import (
	"context"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal/backoffice"
	v1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
)

// shown is how many of what hangs on a thing are shown with it; the lists have them all.
var shown = backoffice.Page{Size: 100}

// Fleet is FleetService.
type Fleet struct {
	office *backoffice.Service
	clock  postgres.Clock
}

var _ backofficev1connect.FleetServiceHandler = (*Fleet)(nil)

// NewFleet serves staff; the clock says which contracts are in force.
func NewFleet(office *backoffice.Service, clock postgres.Clock) *Fleet {
	return &Fleet{office: office, clock: clock}
}

func (h *Fleet) contract(c *backoffice.Contract) *v1.Contract { return contract(c, h.clock()) }

// ListAccounts lists customers.
func (h *Fleet) ListAccounts(ctx context.Context, req *v1.ListAccountsRequest) (*v1.ListAccountsResponse, error) {
	found, err := h.office.Accounts(ctx, identity.Caller(ctx), backoffice.AccountQuery{
		Text: req.Query, Country: req.Country, Page: page(req.PageSize, req.PageToken),
	})
	if err != nil {
		return nil, err
	}
	return &v1.ListAccountsResponse{Accounts: each(found.Rows, account), NextPageToken: found.Next, Total: found.Total}, nil
}

// GetAccount gives one with its sites and contracts.
func (h *Fleet) GetAccount(ctx context.Context, req *v1.GetAccountRequest) (*v1.GetAccountResponse, error) {
	var in ids
	id, actor := in.of("id", req.Id), identity.Caller(ctx)
	if in.err != nil {
		return nil, in.err
	}
	a, err := h.office.Account(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	sites, err := h.office.Sites(ctx, actor, backoffice.SiteQuery{AccountID: id, Page: shown})
	if err != nil {
		return nil, err
	}
	contracts, err := h.office.Contracts(ctx, actor, backoffice.ContractQuery{AccountID: id, Page: shown})
	if err != nil {
		return nil, err
	}
	return &v1.GetAccountResponse{Account: account(&a), Sites: each(sites.Rows, site), Contracts: each(contracts.Rows, h.contract)}, nil
}

// CreateAccount makes one.
func (h *Fleet) CreateAccount(ctx context.Context, req *v1.CreateAccountRequest) (*v1.CreateAccountResponse, error) {
	var in ids
	op := in.of("operation_id", req.OperationId)
	if in.err != nil {
		return nil, in.err
	}
	a, err := h.office.CreateAccount(ctx, identity.Caller(ctx), op, accountFields(req.Fields))
	if err != nil {
		return nil, err
	}
	return &v1.CreateAccountResponse{Account: account(&a)}, nil
}

// UpdateAccount changes one.
func (h *Fleet) UpdateAccount(ctx context.Context, req *v1.UpdateAccountRequest) (*v1.UpdateAccountResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	a, err := h.office.UpdateAccount(ctx, identity.Caller(ctx), op, id, req.Revision, accountFields(req.Fields))
	if err != nil {
		return nil, err
	}
	return &v1.UpdateAccountResponse{Account: account(&a)}, nil
}

// ListSites lists sites.
func (h *Fleet) ListSites(ctx context.Context, req *v1.ListSitesRequest) (*v1.ListSitesResponse, error) {
	var in ids
	query := backoffice.SiteQuery{Text: req.Query, AccountID: in.of("account_id", req.AccountId), Page: page(req.PageSize, req.PageToken)}
	if in.err != nil {
		return nil, in.err
	}
	found, err := h.office.Sites(ctx, identity.Caller(ctx), query)
	if err != nil {
		return nil, err
	}
	return &v1.ListSitesResponse{Sites: each(found.Rows, site), NextPageToken: found.Next, Total: found.Total}, nil
}

// GetSite gives one with its devices.
func (h *Fleet) GetSite(ctx context.Context, req *v1.GetSiteRequest) (*v1.GetSiteResponse, error) {
	var in ids
	id, actor := in.of("id", req.Id), identity.Caller(ctx)
	if in.err != nil {
		return nil, in.err
	}
	s, err := h.office.Site(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	devices, err := h.office.Devices(ctx, actor, backoffice.DeviceQuery{SiteID: id, Page: shown})
	if err != nil {
		return nil, err
	}
	return &v1.GetSiteResponse{Site: site(&s), Devices: each(devices.Rows, device)}, nil
}

// CreateSite makes one.
func (h *Fleet) CreateSite(ctx context.Context, req *v1.CreateSiteRequest) (*v1.CreateSiteResponse, error) {
	var in ids
	op := in.of("operation_id", req.OperationId)
	fields, err := siteFields(req.Fields)
	if in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	s, err := h.office.CreateSite(ctx, identity.Caller(ctx), op, fields)
	if err != nil {
		return nil, err
	}
	return &v1.CreateSiteResponse{Site: site(&s)}, nil
}

// UpdateSite changes one.
func (h *Fleet) UpdateSite(ctx context.Context, req *v1.UpdateSiteRequest) (*v1.UpdateSiteResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	fields, err := siteFields(req.Fields)
	if in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	s, err := h.office.UpdateSite(ctx, identity.Caller(ctx), op, id, req.Revision, fields)
	if err != nil {
		return nil, err
	}
	return &v1.UpdateSiteResponse{Site: site(&s)}, nil
}

// ListModels lists models.
func (h *Fleet) ListModels(ctx context.Context, req *v1.ListModelsRequest) (*v1.ListModelsResponse, error) {
	found, err := h.office.Models(ctx, identity.Caller(ctx), backoffice.ModelQuery{Text: req.Query, Skill: req.Skill, Page: page(req.PageSize, req.PageToken)})
	if err != nil {
		return nil, err
	}
	return &v1.ListModelsResponse{Models: each(found.Rows, model), NextPageToken: found.Next, Total: found.Total}, nil
}

// GetModel gives one.
func (h *Fleet) GetModel(ctx context.Context, req *v1.GetModelRequest) (*v1.GetModelResponse, error) {
	var in ids
	id := in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	m, err := h.office.Model(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return &v1.GetModelResponse{Model: model(&m)}, nil
}

// CreateModel makes one.
func (h *Fleet) CreateModel(ctx context.Context, req *v1.CreateModelRequest) (*v1.CreateModelResponse, error) {
	var in ids
	op := in.of("operation_id", req.OperationId)
	if in.err != nil {
		return nil, in.err
	}
	m, err := h.office.CreateModel(ctx, identity.Caller(ctx), op, modelFields(req.Fields))
	if err != nil {
		return nil, err
	}
	return &v1.CreateModelResponse{Model: model(&m)}, nil
}

// UpdateModel changes one.
func (h *Fleet) UpdateModel(ctx context.Context, req *v1.UpdateModelRequest) (*v1.UpdateModelResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	m, err := h.office.UpdateModel(ctx, identity.Caller(ctx), op, id, req.Revision, modelFields(req.Fields))
	if err != nil {
		return nil, err
	}
	return &v1.UpdateModelResponse{Model: model(&m)}, nil
}

// DeleteItem removes what was made by mistake.
func (h *Fleet) DeleteItem(ctx context.Context, req *v1.DeleteItemRequest) (*v1.DeleteItemResponse, error) {
	var in ids
	op, id := in.of("operation_id", req.OperationId), in.of("id", req.Id)
	if in.err != nil {
		return nil, in.err
	}
	return &v1.DeleteItemResponse{}, h.office.Delete(ctx, identity.Caller(ctx), op, itemKinds[req.Kind], id)
}

var itemKinds = map[v1.ItemKind]string{
	v1.ItemKind_ITEM_KIND_ACCOUNT: "account", v1.ItemKind_ITEM_KIND_SITE: "site", v1.ItemKind_ITEM_KIND_MODEL: "model",
	v1.ItemKind_ITEM_KIND_CONTRACT: "contract", v1.ItemKind_ITEM_KIND_DEVICE: "device",
}

func either(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
