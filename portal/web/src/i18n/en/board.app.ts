import { account } from './account'
import { office } from './office'
import { queue } from './queue'
import { shared } from './shared'

/** What the office's board says. */
export const texts = { ...shared, ...account, ...office, ...queue }
