import { mount } from 'svelte'
import { emptied } from '../components/opening'
import '../style/base.css'
import { route } from '../components/route.svelte'
import { loadTexts } from '../i18n/language.svelte'
import { session } from '../session/session.svelte'
import App from './App.svelte'
import { remembered } from './remembered'
import { kept } from './shell/kept.svelte'

route.start('/tech')
session.remember(remembered)
kept.start()
await loadTexts('tech')
mount(App, { target: emptied() })
