import { createClient } from '@connectrpc/connect'
import { ApprovalService } from '../gen/utsendt/backoffice/v1/approval_service_pb.js'
import { AuditService } from '../gen/utsendt/backoffice/v1/audit_service_pb.js'
import { FleetService } from '../gen/utsendt/backoffice/v1/fleet_service_pb.js'
import { MessageService } from '../gen/utsendt/backoffice/v1/message_service_pb.js'
import { OrderService } from '../gen/utsendt/backoffice/v1/order_service_pb.js'
import { SignUpService } from '../gen/utsendt/backoffice/v1/sign_up_service_pb.js'
import { DispatchService } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { transport } from '../api/transport'

export const dispatch = createClient(DispatchService, transport)
export const approvals = createClient(ApprovalService, transport)
export const signUps = createClient(SignUpService, transport)
export const orders = createClient(OrderService, transport)
export const messages = createClient(MessageService, transport)
export const fleet = createClient(FleetService, transport)
export const audit = createClient(AuditService, transport)
