import { createClient } from '@connectrpc/connect'
import { PortalService } from '../gen/utsendt/portal/v1/portal_service_pb.js'
import { transport } from '../api/transport'

export const portal = createClient(PortalService, transport)
