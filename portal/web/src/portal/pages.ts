import type { Component } from 'svelte'
import type { Page } from './destination'

/** The pages of the portal. Each is loaded when it is first gone to, and given what its path names as id; most need none. */
export const pages: Record<Page, () => Promise<{ default: Component<any> }>> = {
  home: () => import('./pages/Home.svelte'),
  requests: () => import('./pages/Requests.svelte'),
  request: () => import('./pages/RequestPage.svelte'),
  devices: () => import('./pages/Devices.svelte'),
  device: () => import('./pages/DevicePage.svelte'),
  register: () => import('./pages/Register.svelte'),
  address: () => import('./pages/AddressPage.svelte'),
  report: () => import('./pages/Report.svelte'),
  notifications: () => import('./pages/Notifications.svelte'),
  account: () => import('./pages/AccountPage.svelte'),
  order: () => import('./pages/Order.svelte'),
  placeOrder: () => import('./pages/PlaceOrder.svelte'),
  orders: () => import('./pages/Orders.svelte'),
  placedOrder: () => import('./pages/OrderPage.svelte'),
  forecast: () => import('./pages/Forecast.svelte'),
  help: () => import('./pages/Help.svelte'),
  article: () => import('./pages/ArticlePage.svelte'),
  readings: () => import('./pages/Readings.svelte'),
  bulkReadings: () => import('./pages/BulkReadings.svelte'),
  usage: () => import('./pages/Usage.svelte'),
}
