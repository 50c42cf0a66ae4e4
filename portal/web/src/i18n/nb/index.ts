import { account } from './account'
import { help } from './help'
import { office } from './office'
import { orders } from './orders'
import { portal } from './portal'
import { readings } from './readings'
import { products } from './products'
import { shared } from './shared'

/** Norwegian bokmål. Further parts of the catalogue stand beside shared.ts and are added here. */
export const nb = { ...shared, ...account, ...portal, ...products, ...help, ...orders, ...readings, ...office }
