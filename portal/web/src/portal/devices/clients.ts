import { createClient } from '@connectrpc/connect'
import { AddressChangeService } from '../../gen/utsendt/portal/v1/address_change_service_pb.js'
import { DeviceLifeService } from '../../gen/utsendt/portal/v1/device_life_service_pb.js'
import { ReadingService } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { RegistrationService } from '../../gen/utsendt/portal/v1/registration_service_pb.js'
import { SupplyService } from '../../gen/utsendt/portal/v1/supply_service_pb.js'
import { transport } from '../../api/transport'

export const registrations = createClient(RegistrationService, transport)
export const addressChanges = createClient(AddressChangeService, transport)
export const supplies = createClient(SupplyService, transport)
export const lives = createClient(DeviceLifeService, transport)
export const readings = createClient(ReadingService, transport)
