import type { Sibling } from '../../gen/utsendt/portal/v1/registration_service_pb.js'

/** A device at the site as it stands in the form. */
export interface Row {
  deviceId: string
  serialNumber: string
  model: string
  refusedReason: string
  chosen: boolean
  friendlyName: string
  backupEmail: string
  reminders: boolean
}

/** Ticked, with the settings that the server proposes: those of the first device. */
export function rowOf(one: Sibling): Row {
  const { deviceId, serialNumber, model, refusedReason, friendlyName, backupEmail, reminders } = one
  return { deviceId, serialNumber, model, refusedReason, friendlyName, backupEmail, reminders, chosen: true }
}

/** Those that are asked for, as the server takes them. */
export function chosenOf(rows: Row[]) {
  return rows
    .filter((row) => row.chosen)
    .map((row) => ({
      deviceId: row.deviceId,
      friendlyName: row.friendlyName.trim(),
      backupEmail: row.backupEmail.trim(),
      reminders: row.reminders,
    }))
}

/** Of a row, or of what was kept of it, what is typed; what is not of its kind is left out. */
export function settingsIn(row: Partial<Row> | undefined): Partial<Row> {
  return {
    ...(typeof row?.chosen === 'boolean' && { chosen: row.chosen }),
    ...(typeof row?.friendlyName === 'string' && { friendlyName: row.friendlyName }),
    ...(typeof row?.backupEmail === 'string' && { backupEmail: row.backupEmail }),
    ...(typeof row?.reminders === 'boolean' && { reminders: row.reminders }),
  }
}
