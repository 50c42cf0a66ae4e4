/** Tavlens arbeidsflate: ruter, filtre, visninger, endringer og kart. */
export const desk = {
  'board.map': 'Kart',
  'board.panes': 'Deler av tavlen',
  'board.sheet': 'Valgt forespørsel',
}
