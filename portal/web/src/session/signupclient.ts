import { createClient } from '@connectrpc/connect'
import { SignUpService } from '../gen/utsendt/identity/v1/sign_up_service_pb.js'
import { transport } from '../api/transport'

export const signUps = createClient(SignUpService, transport)
