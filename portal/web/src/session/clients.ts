import { createClient } from '@connectrpc/connect'
import { SessionService } from '../gen/utsendt/identity/v1/session_service_pb.js'
import { transport } from '../api/transport'

export const sessions = createClient(SessionService, transport)
