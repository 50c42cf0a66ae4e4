import { account } from './account'
import { actions } from './actions'
import { desk } from './desk'
import { office } from './office'
import { queue } from './queue'
import { shared } from './shared'
import { files } from './files'
import { fleet } from './fleet'
import { life } from './life'
import { knowledge } from './knowledge'
import { readings } from './readings'
import { staff } from './staff'
import { tracking } from './tracking'

/** What the office's board says. */
export const texts = { ...shared, ...life, ...account, ...office, ...queue, ...actions, ...desk, ...files, ...fleet, ...knowledge, ...readings, ...staff, ...tracking }
