import { createClient } from '@connectrpc/connect'
import { RecoveryService } from '../gen/utsendt/identity/v1/recovery_service_pb.js'
import { transport } from '../api/transport'

export const recovery = createClient(RecoveryService, transport)
