import { createClient } from '@connectrpc/connect'
import { AccountService } from '../gen/utsendt/identity/v1/account_service_pb.js'
import { PasskeyService } from '../gen/utsendt/identity/v1/passkey_service_pb.js'
import { RecoveryService } from '../gen/utsendt/identity/v1/recovery_service_pb.js'
import { SessionService } from '../gen/utsendt/identity/v1/session_service_pb.js'
import { SignUpService } from '../gen/utsendt/identity/v1/sign_up_service_pb.js'
import { transport } from '../api/transport'

export const sessions = createClient(SessionService, transport)
export const recovery = createClient(RecoveryService, transport)
export const account = createClient(AccountService, transport)
export const passkeys = createClient(PasskeyService, transport)
export const signUps = createClient(SignUpService, transport)
