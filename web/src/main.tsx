/** The GraphiQL page: the log-in bar above the editor. */

import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import '@graphiql/plugin-explorer/style.css'
import './style.css'

import { explorerPlugin } from '@graphiql/plugin-explorer'
import { useGraphiQL } from '@graphiql/react'
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql'
import { useEffect } from 'react'
import { createRoot } from 'react-dom/client'

import { editorStorage } from './editor_storage'
import { examples } from './examples'
import { createFetcher } from './fetcher'
import { LogInBar } from './log_in_bar'
import { readPageConfig } from './page_config'
import { readSchema } from './schema'
import { SessionKeeper } from './session'

const { endpoint, schemaUrl, demoUsers } = readPageConfig()
const sessions = new SessionKeeper(endpoint)
const fetcher = createFetcher(endpoint, sessions)
const schema = await readSchema(schemaUrl)
const isWide = matchMedia('(min-width: 48rem)').matches
const plugins = [HISTORY_PLUGIN, explorerPlugin()]

/** Breaks long lines instead of hiding their ends, which on a phone is most of them. */
function LineWrap() {
  const editors = useGraphiQL((state) => [state.queryEditor, state.variableEditor, state.headerEditor])
  useEffect(() => editors.forEach((editor) => editor?.updateOptions({ wordWrap: 'on' })), [editors])
  return null
}

createRoot(document.getElementById('editor')!).render(
  <>
    <LogInBar users={demoUsers} sessions={sessions} />
    <main>
      <GraphiQL
        fetcher={fetcher}
        schema={schema}
        plugins={plugins}
        defaultTabs={examples}
        defaultEditorToolsVisibility={isWide}
        storage={editorStorage}
        shouldPersistHeaders={false}
        inputValueDeprecation
        schemaDescription
      >
        <GraphiQL.Logo>
          <a href="/">MishMob</a>
        </GraphiQL.Logo>
        <LineWrap />
      </GraphiQL>
    </main>
  </>,
)
