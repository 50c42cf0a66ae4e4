/** The map of somebody on the way. */
export const travel = {
  'travel.back': 'Show the place again',
  'travel.both': 'Show both again',
  'travel.caption': 'The map shows land and coast, not roads. The dashed line is the straight-line distance.',
  'travel.chart_caption': 'Drawn as the crow flies, north is up. The house is where the visit is. The map cannot be shown in this browser.',
  'travel.fingers': 'Use two fingers to move the map',
  'travel.label_stale': '{name}, last seen {ago}',
  'travel.line': '{distance} in a straight line',
  'travel.loading': 'Drawing the map …',
  'travel.map': 'Map. Move with the arrow keys, zoom with plus and minus.',
  'travel.no_place': 'We do not know where on the map the place is.',
  'travel.other': '{name} is {distance} away in a straight line.',
  'travel.own': 'You are {distance} away in a straight line.',
  'travel.place_only': 'The house is where the visit is.',
  'travel.stale': 'The position is old: last seen {ago}.',
  'travel.without_place': 'The map shows where {name} is. The address is not part of this link.',
  'travel.wheel': 'Hold {key} and scroll to zoom',
}
