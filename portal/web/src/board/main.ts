import { mount } from 'svelte'
import { readTextQuickly } from '../api/quicktext'
import { emptied } from '../components/opening'
import '../style/base.css'
import { route } from '../components/route.svelte'
import { loadTexts } from '../i18n/language.svelte'
import { goWhereNotificationsLead } from '../push/goto'
import { session } from '../session/session.svelte'
import App from './App.svelte'
import { destinationOf } from './destination'
import { pages } from './pages'

route.start('/board')
goWhereNotificationsLead('/board', (to) => route.go(to))
readTextQuickly()
// The page's code, who is signed in, and the texts are fetched side by side.
void session.start()
const { page } = destinationOf(route.path)
if (page !== 'none') pages[page]().catch(() => {}) // Whoever shows the page tells.
await loadTexts('board')
mount(App, { target: emptied() })
