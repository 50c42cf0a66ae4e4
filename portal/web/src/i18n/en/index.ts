import { account } from './account'
import { actions } from './actions'
import { desk } from './desk'
import { help } from './help'
import { office } from './office'
import { orders } from './orders'
import { phone } from './phone'
import { portal } from './portal'
import { products } from './products'
import { queue } from './queue'
import { readings } from './readings'
import { requests } from './requests'
import { shared } from './shared'
import { travel } from './travel'

/** Everything in this language, by no app loaded whole: portal.app.ts, board.app.ts and tech.app.ts say what each loads. */
export const en = { ...shared, ...account, ...portal, ...products, ...help, ...orders, ...readings, ...requests, ...office, ...queue, ...actions, ...desk, ...phone, ...travel }
