import { mount } from 'svelte'
import { emptied } from '../components/opening'
import '../style/base.css'
import { route } from '../components/route.svelte'
import { loadTexts } from '../i18n/language.svelte'
import App from './App.svelte'

route.start('/board')
await loadTexts('board')
mount(App, { target: emptied() })
