import { defineConfig } from 'vite'

export default defineConfig({
  base: '/static/web/',
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
      input: { graphiql: 'src/main.tsx', chat: 'src/chat/main.ts' },
      output: {
        entryFileNames: '[name].js',
        // Libraries apart, so that no chunk imports the entry: Django may serve that under a hashed name, and a
        // second copy under the plain one would run the page twice.
        // What both pages use is apart from what only the editor needs.
        codeSplitting: {
          groups: [
            { name: 'sockets', test: /node_modules\/graphql-ws/, priority: 1 },
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
