import { mount } from 'svelte'
import '../style/base.css'
import { route } from '../components/route.svelte'
import { loadTexts } from '../i18n/language.svelte'
import App from './App.svelte'

route.start('', ['/board', '/tech'])
await loadTexts('portal')
mount(App, { target: document.getElementById('app') as HTMLElement })
