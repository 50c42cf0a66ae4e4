import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { DevicePlans, TonerDue } from '../gen/utsendt/portal/v1/device_life_pb.js'

/** A visit whose time is known, and the time: the window's beginning where one is agreed, else the technician's plan. */
export function visitAt(plans: DevicePlans | undefined): Timestamp | undefined {
  return plans?.visit?.windowStart ?? plans?.visit?.expectedAt
}

const before = (a: Timestamp, b: Timestamp) => a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos)

/**
 * Whether somebody is there before the toner is empty, so that it can go along; of one that is empty by the figures already,
 * the sooner the better.
 */
export function comesInTime(plans: DevicePlans | undefined, due: TonerDue, now: Timestamp): boolean {
  const at = visitAt(plans)
  if (!at || !due.runsOutAt) return false
  return before(due.runsOutAt, now) || !before(due.runsOutAt, at)
}
