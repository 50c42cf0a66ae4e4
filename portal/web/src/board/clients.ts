import { createClient } from '@connectrpc/connect'
import { DispatchService } from '../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { transport } from '../api/transport'

export const dispatch = createClient(DispatchService, transport)
