import type { Device } from '../gen/utsendt/portal/v1/portal_service_pb.js'
import { portal } from './clients'

/** The device with exactly this serial number, when it is one that the person follows. */
export async function findDevice(serial: string): Promise<Device | undefined> {
  const { devices } = await portal.listDevices({ query: serial, pageSize: 100 })
  return devices.find((one) => one.serialNumber === serial)
}
