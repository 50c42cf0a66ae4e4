import { createClient } from '@connectrpc/connect'
import { HelpService } from '../../gen/utsendt/portal/v1/help_service_pb.js'
import { ReadingService } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { transport } from '../../api/transport'

export const readings = createClient(ReadingService, transport)
export const help = createClient(HelpService, transport)
