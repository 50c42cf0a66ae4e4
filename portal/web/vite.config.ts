import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { compressed } from './compressed.ts'
import { first } from './first.ts'
import { land } from './land.ts'
import { shell } from './shell.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// Three pages: each loads its own code and what it shares with the others. The service worker is built beside them: shell.ts.
export default defineConfig({
  plugins: [svelte(), land(), shell(), first(), compressed()],
  appType: 'mpa',
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined assets would be data: addresses, which the Content-Security-Policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The map's library and its land are large, and loaded only where a map is.
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      checks: { bundlerTimings: false },
      input: {
        portal: at('index.html'),
        board: at('board/index.html'),
        tech: at('tech/index.html'),
      },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        // What the first page needs comes in few files, not in thirty small ones: each costs a way to the server and back. And
        // nothing else is in them: what is loaded is also compiled and run before anything is seen.
        codeSplitting: {
          groups: [
            { name: 'base', test: /node_modules\/(svelte|@connectrpc|@bufbuild)\// },
            { name: 'kit', test: /\/src\/(api\/|style\/|i18n\/[a-z.]+\.ts|session\/(Gate|session|clients)|components\/(Announcer|browserstorage|Button|ConnectionBanner|Field|Mark|MoreMenu|NotLoaded|Page|ProblemNote|Shell|StateMark|Wordmark|announce|idle|opening|route)\.)/ },
            { name: 'parts', test: /\/src\/components\/(Dialog|LineState|PictureGrid|Prose|RelativeTime|StatusSteps)\./ },
            { name: 'customer', test: /\/src\/portal\/(clients|openrequests)\./ },
            { name: 'travel', test: /\/src\/(map\/(TravelMap|TravelMarks|PositionChart|plane|sight|view)|portal\/(activitywords|TrackingCard|watching))\./ },
            { name: 'push', test: /\/src\/push\/(push|keys|whose)\./ },
            // What several apps say: in one file for each language.
            { name: 'nb', test: /\/i18n\/nb\/(shared|tracking|travel|life|account|readings)\./ },
            { name: 'en', test: /\/i18n\/en\/(shared|tracking|travel|life|account|readings)\./ },
          ],
        },
      },
    },
  },
  server: {
    // `npm run dev` beside a running server: the pages come from here, the calls go there.
    proxy: { '^/utsendt\\.': process.env.UTSENDT_URL ?? 'http://127.0.0.1:8080' },
  },
  test: {
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
})
