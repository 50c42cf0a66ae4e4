import { createClient } from '@connectrpc/connect'
import { PasskeyService } from '../gen/utsendt/identity/v1/passkey_service_pb.js'
import { transport } from '../api/transport'

export const passkeys = createClient(PasskeyService, transport)
