import { createClient } from '@connectrpc/connect'
import { MobileService } from '../gen/utsendt/mobile/v1/mobile_service_pb.js'
import { transport } from '../api/transport'

export const mobile = createClient(MobileService, transport)
