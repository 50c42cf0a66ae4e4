// Jobs for the technician of a test, given by the office without its pages.
import { randomUUID } from 'node:crypto'
import { callerFor } from './api.mjs'

/** A request of the customer's, given to the technician; `office` and `technician` are calls of those two. */
export async function giveJob(description = 'Papiret krøller seg i magasin 2.') {
  const [customer, office, technician] = [await callerFor('CUSTOMER'), await callerFor('DISPATCHER'), await callerFor('TECHNICIAN')]
  const { me } = await technician('mobile.v1.MobileService/GetMe', {})
  if (!me.onDuty) await technician('mobile.v1.MobileService/SetDuty', { operation: { id: randomUUID() }, onDuty: true })
  const request = await open(customer, description)
  await office('dispatch.v1.DispatchService/Assign', {
    operationId: randomUUID(),
    requestId: request.id,
    technicianId: me.technicianId,
    overrideQualification: true,
  })
  return { id: request.id, number: request.number, office, technician }
}

/** A device may have one open request: the first that has none is taken. */
async function open(customer, description) {
  const { devices = [] } = await customer('portal.v1.PortalService/ListDevices', {})
  let refusal
  for (const device of devices) {
    try {
      const { request } = await customer('portal.v1.PortalService/OpenRequest', {
        operationId: randomUUID(),
        deviceId: device.id,
        category: 'FAULT_CATEGORY_PAPER_JAM',
        description,
        contactName: 'Testa Prøvesen',
        contactPhone: '+47 000 00 000',
      })
      return request
    } catch (error) {
      refusal = error
    }
  }
  throw refusal ?? new Error('the customer has no devices')
}

/** Ends whatever the technician still has, so that the next test finds the devices free. */
export async function endJobs() {
  const [office, technician] = [await callerFor('DISPATCHER'), await callerFor('TECHNICIAN')]
  const { jobs = [] } = await technician('mobile.v1.MobileService/ListJobs', {})
  for (const job of jobs) {
    await office('dispatch.v1.DispatchService/Cancel', { operationId: randomUUID(), requestId: job.requestId, reason: 'The test is over.' })
  }
}

/** The technician's day has not begun. */
export async function goOffDuty() {
  const technician = await callerFor('TECHNICIAN')
  await technician('mobile.v1.MobileService/SetDuty', { operation: { id: randomUUID() }, onDuty: false })
}
