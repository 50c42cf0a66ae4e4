import type { Device } from '../../gen/utsendt/backoffice/v1/fleet_service_pb.js'

/** Which of the dialogs that belong to the whole office is open. */
class Palette {
  open = $state<'palette' | 'keys' | 'new'>()
  /** What a new request is for, where that is known already. */
  device = $state.raw<Device>()
}

export const palette = new Palette()
