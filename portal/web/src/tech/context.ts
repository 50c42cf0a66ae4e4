import { createContext } from 'svelte'
import type { Phone } from './phone.svelte'

/** The phone of whoever is signed in, for every component below Technician.svelte. */
export const [phoneHere, setPhone] = createContext<Phone>()
