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
  site: () => import('./pages/SitePage.svelte'),
  devices: () => import('./pages/Devices.svelte'),
  device: () => import('./pages/DevicePage.svelte'),
  contracts: () => import('./pages/Contracts.svelte'),
  contract: () => import('./pages/ContractPage.svelte'),
  models: () => import('./pages/Models.svelte'),
  model: () => import('./pages/ModelPage.svelte'),
  technicians: () => import('./pages/Technicians.svelte'),
  technician: () => import('./pages/TechnicianPage.svelte'),
  territories: () => import('./pages/Territories.svelte'),
  territory: () => import('./pages/TerritoryPage.svelte'),
  skills: () => import('./pages/Skills.svelte'),
  people: () => import('./pages/People.svelte'),
  person: () => import('./pages/PersonPage.svelte'),
  'place-order': () => import('./pages/PlaceOrder.svelte'),
  register: () => import('./pages/Register.svelte'),
  articles: () => import('./pages/Articles.svelte'),
  article: () => import('./pages/ArticlePage.svelte'),
  countries: () => import('./pages/Countries.svelte'),
  files: () => import('./pages/Files.svelte'),
  audit: () => import('./pages/Audit.svelte'),
  notifications: () => import('./pages/Notifications.svelte'),
}
