import { createClient } from '@connectrpc/connect'
import { TrackingService } from '../../gen/utsendt/portal/v1/tracking_service_pb.js'
import { transport } from '../../api/transport'

export const tracking = createClient(TrackingService, transport)
