import { account } from './account'
import { phone } from './phone'
import { shared } from './shared'
import { travel } from './travel'

/** What the technician's phone says. */
export const texts = { ...shared, ...account, ...phone, ...travel }
