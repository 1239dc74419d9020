import { defineConfig, type Plugin } from 'vite'

/** Writes door.json: the files that the check-in page needs, for the service worker that opens it without network. */
function listDoorFiles(): Plugin {
  return {
    name: 'list-door-files',
    apply: 'build',
    generateBundle(_options, bundle) {
      const found = new Set<string>()
      const follow = (fileName: string) => {
        const file = bundle[fileName]
        if (!file || found.has(fileName)) return
        found.add(fileName)
        const text = file.type === 'chunk' ? file.code : file.fileName.endsWith('.js') ? String(file.source) : ''
        // Imports, and what is fetched by its address: the worker that reads QR codes, and its WebAssembly.
        for (const other of Object.keys(bundle)) if (text.includes(other.replace('assets/', ''))) follow(other)
      }
      follow('door.js')
      this.emitFile({ type: 'asset', fileName: 'door.json', source: JSON.stringify([...found].sort()) })
    },
  }
}

export default defineConfig({
  base: '/static/web/',
  plugins: [listDoorFiles()],
  build: {
    outDir: '../var/static/web',
    emptyOutDir: true,
    // One stylesheet and one entry with fixed names: the Django template names them.
    cssCodeSplit: false,
    modulePreload: false,
    // Monaco, the text editor inside GraphiQL, is one chunk of 2.8 MB whatever one does.
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      // Some libraries mark modules "use client" for frameworks that render on a server; this is none.
      checks: { moduleLevelDirective: false },
      input: {
        graphiql: 'src/main.tsx',
        chat: 'src/chat/main.ts',
        door: 'src/door/main.ts',
        door_service_worker: 'src/door/workers/door_service_worker.ts',
      },
      output: {
        entryFileNames: '[name].js',
        // Libraries apart, so that no chunk imports the entry: Django may serve that under a hashed name, and a
        // second copy under the plain one would run the page twice.
        // What several pages use, and what only the door needs, is apart from what only the editor needs.
        codeSplitting: {
          groups: [
            { name: 'sockets', test: /node_modules\/graphql-ws/, priority: 1 },
            { name: 'door', test: /node_modules\/(@noble|idb|zxing-wasm)/, priority: 1 },
            { name: 'libraries', test: /node_modules/, tags: ['$initial'] },
          ],
        },
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: (asset) =>
          asset.names.some((name) => name.endsWith('.css')) ? 'graphiql.css' : 'assets/[name]-[hash][extname]',
      },
    },
  },
})
