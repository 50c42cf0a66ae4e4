import { account } from './account'
import { help } from './help'
import { life } from './life'
import { orders } from './orders'
import { portal } from './portal'
import { products } from './products'
import { readings } from './readings'
import { requests } from './requests'
import { shared } from './shared'
import { tracking } from './tracking'
import { travel } from './travel'

/** What the customer's portal says. */
export const texts = { ...shared, ...life, ...account, ...portal, ...products, ...help, ...orders, ...readings, ...requests, ...travel, ...tracking }
