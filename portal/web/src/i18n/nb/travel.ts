/** Kartet over noen som er på vei. */
export const travel = {
  'travel.back': 'Vis stedet igjen',
  'travel.both': 'Vis begge igjen',
  'travel.caption': 'Kartet viser land og kyst, ikke veier. Den stiplede linjen er luftlinje.',
  'travel.chart_caption': 'Tegnet i luftlinje, nord er opp. Huset er stedet for besøket. Kartet kan ikke vises i denne nettleseren.',
  'travel.fingers': 'Flytt kartet med to fingre',
  'travel.label_stale': '{name}, sist sett {ago}',
  'travel.line': '{distance} i luftlinje',
  'travel.loading': 'Tegner kartet …',
  'travel.map': 'Kart. Flytt med piltastene, zoom med pluss og minus.',
  'travel.no_place': 'Vi vet ikke hvor på kartet stedet ligger.',
  'travel.other': '{name} er {distance} unna i luftlinje.',
  'travel.own': 'Du er {distance} unna i luftlinje.',
  'travel.place_only': 'Huset er stedet for besøket.',
  'travel.stale': 'Posisjonen er gammel: sist sett {ago}.',
  'travel.without_place': 'Kartet viser hvor {name} er. Adressen følger ikke med denne lenken.',
  'travel.wheel': 'Hold {key} og rull for å zoome',
}
