/** The customer's portal: home, search and finding one's way. */
export const portal = {
  'home.choices': 'What would you like to do?',
  'home.report': 'Service request',
  'home.report_lead': 'Report a fault on a printer',
  'home.requests': 'Requests',
  'home.requests_lead': 'Follow what was reported until it is solved',
  'home.tab': 'Home',
  'home.title': 'Hello, {name}',
  'nav.home': 'Home',
  'search.kind': 'Search for',
  'search.label': 'Quick search',
  'search.number': 'The full number',
  'search.order': 'Supply order',
  'search.request': 'Service request',
  'search.serial': 'Serial number',
  'search.submit': 'Start',
}
