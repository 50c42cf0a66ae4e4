import { account } from './account'
import { actions } from './actions'
import { desk } from './desk'
import { office } from './office'
import { queue } from './queue'
import { shared } from './shared'

/** What the office's board says. */
export const texts = { ...shared, ...account, ...office, ...queue, ...actions, ...desk }
