import { fromJsonString, toJsonString } from '@bufbuild/protobuf'
import { PersonSchema, Role } from '../gen/utsendt/identity/v1/session_service_pb.js'
import type { Memory } from '../session/session.svelte'

const storageKey = 'utsendt.technician'

/** Who was signed in on this phone last: a name and an id, no secret. Only technicians; others have nothing to do here without cover. */
export const remembered: Memory = {
  read() {
    try {
      const text = localStorage.getItem(storageKey)
      return text ? fromJsonString(PersonSchema, text, { ignoreUnknownFields: true }) : undefined
    } catch {
      return undefined
    }
  },
  write(person) {
    try {
      if (person?.role === Role.TECHNICIAN) localStorage.setItem(storageKey, toJsonString(PersonSchema, person))
      else localStorage.removeItem(storageKey)
    } catch {
      // Without storage the server is asked each time.
    }
  },
}
