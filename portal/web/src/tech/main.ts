import { mount } from 'svelte'
import '../style/base.css'
import { route } from '../components/route.svelte'
import { loadTexts } from '../i18n/language.svelte'
import App from './App.svelte'

route.start('/tech')
await loadTexts('tech')
mount(App, { target: document.getElementById('app') as HTMLElement })
