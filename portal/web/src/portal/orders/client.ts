import { createClient } from '@connectrpc/connect'
import { SupplyService } from '../../gen/utsendt/portal/v1/supply_service_pb.js'
import { transport } from '../../api/transport'

export const supplies = createClient(SupplyService, transport)
