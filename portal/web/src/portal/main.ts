import { mount } from 'svelte'
import { turn } from '../components/idle'
import { emptied } from '../components/opening'
import '../style/base.css'
import { route } from '../components/route.svelte'
import { loadTexts } from '../i18n/language.svelte'
import { session } from '../session/session.svelte'
import App from './App.svelte'
import { destinationOf } from './destination'
import { pages } from './pages'

route.start('', ['/board', '/tech'])
// The page's code, who is signed in, and the texts are fetched side by side.
const { page } = destinationOf(route.path)
if (page !== 'none') {
  void session.start()
  pages[page]().catch(() => {}) // Whoever shows the page tells.
}
await loadTexts('portal')
await turn()
mount(App, { target: emptied() })
