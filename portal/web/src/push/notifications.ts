import { createClient } from '@connectrpc/connect'
import { NotificationService } from '../gen/utsendt/live/v1/notification_service_pb.js'
import { transport } from '../api/transport'

export const notifications = createClient(NotificationService, transport)
