package rpc

import (
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Access gives the rules of SupplyService and OrderService.
func Access() rpc.Access {
	customers := rpc.Only(identity.RoleCustomer)
	staff := rpc.Only(identity.RoleDispatcher, identity.RoleAdmin)
	return rpc.Access{
		portalv1connect.SupplyServiceListSuppliesProcedure:  customers,
		portalv1connect.SupplyServicePlaceOrderProcedure:    customers,
		portalv1connect.SupplyServiceListOrdersProcedure:    customers,
		portalv1connect.SupplyServiceGetOrderProcedure:      customers,
		portalv1connect.SupplyServiceGetForecastProcedure:   customers,
		portalv1connect.SupplyServiceListForecastsProcedure: customers,

		backofficev1connect.OrderServiceListOrdersProcedure:      staff,
		backofficev1connect.OrderServiceGetOrderProcedure:        staff,
		backofficev1connect.OrderServiceListOrderableProcedure:   staff,
		backofficev1connect.OrderServicePlaceOrderProcedure:      staff,
		backofficev1connect.OrderServicePickOrderProcedure:       staff,
		backofficev1connect.OrderServiceShipOrderProcedure:       staff,
		backofficev1connect.OrderServiceCorrectTrackingProcedure: staff,
		backofficev1connect.OrderServiceDeliverOrderProcedure:    staff,
		backofficev1connect.OrderServiceCancelOrderProcedure:     staff,
		backofficev1connect.OrderServiceChangeOrderProcedure:     staff,
		backofficev1connect.OrderServiceListCarriersProcedure:    staff,
	}
}
