import { mount } from 'svelte'
import '../style/base.css'
import { route } from '../components/route.svelte'
import App from './App.svelte'

route.start('/tech')
mount(App, { target: document.getElementById('app') as HTMLElement })
