/** The customer's portal: home, search and finding one's way. */
export const portal = {
  'home.choices': 'Hva vil du gjøre?',
  'home.report': 'Serviceforespørsel',
  'home.report_lead': 'Meld en feil på en skriver',
  'home.requests': 'Saker',
  'home.requests_lead': 'Følg det som er meldt, helt til det er løst',
  'home.tab': 'Hjem',
  'home.title': 'Hei, {name}',
  'nav.home': 'Hjem',
  'search.kind': 'Søk etter',
  'search.label': 'Hurtigsøk',
  'search.number': 'Hele nummeret',
  'search.order': 'Bestilling av forbruksmateriell',
  'search.request': 'Serviceforespørsel',
  'search.serial': 'Serienummer',
  'search.submit': 'Start',
}
