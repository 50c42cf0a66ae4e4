import type { Component } from 'svelte'
import type { Page } from './destination'

/** The pages of the office. Each is loaded when it is first gone to, and given what its path names as id; most need none. */
export const pages: Record<Page, () => Promise<{ default: Component<any> }>> = {
  queue: () => import('./Board.svelte'),
  approvals: () => import('./pages/Approvals.svelte'),
  orders: () => import('./pages/Orders.svelte'),
  order: () => import('./pages/OrderPage.svelte'),
  customers: () => import('./pages/Customers.svelte'),
  customer: () => import('./pages/CustomerPage.svelte'),
  audit: () => import('./pages/Audit.svelte'),
}
