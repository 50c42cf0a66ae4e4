import { createClient } from '@connectrpc/connect'
import { AccountService } from '../gen/utsendt/identity/v1/account_service_pb.js'
import { transport } from '../api/transport'

export const account = createClient(AccountService, transport)
