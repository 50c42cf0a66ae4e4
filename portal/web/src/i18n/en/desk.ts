/** The board's work surface: panes, filters, views, changes and map. */
export const desk = {
  'board.map': 'Map',
  'board.panes': 'Parts of the board',
  'board.sheet': 'The chosen request',
}
