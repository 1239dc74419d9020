/**
 * Where GraphiQL keeps its tabs and history: in localStorage, under our own name (another GraphiQL may have been opened
 * on the same localhost port), and without what was typed into the headers editor, for that may be a token.
 */

const PREFIX = 'mishmob:editor:'
const TABS = 'graphiql:tabState'

/**
 * GraphiQL keeps the text of its editors a second time, at other moments, and opens a tab too many where the two differ.
 * So these are not kept, but read from the tab that was open.
 */
const OF_THE_OPEN_TAB: Record<string, 'query' | 'variables'> = {
  'graphiql:query': 'query',
  'graphiql:variables': 'variables',
}

interface Tabs {
  tabs: { query: string | null; variables: string | null }[]
  activeTabIndex: number
}

function ofTheOpenTab(part: 'query' | 'variables'): string | null {
  const stored = localStorage.getItem(PREFIX + TABS)
  if (!stored) return null
  const { tabs, activeTabIndex } = JSON.parse(stored) as Tabs
  return tabs[activeTabIndex]?.[part] ?? null
}

function withoutHeaders(text: string): string {
  if (!text.startsWith('{')) return text
  // The key stays, or GraphiQL takes its stored tabs for damaged.
  return JSON.stringify(JSON.parse(text), (key, value) => (key === 'headers' ? null : value))
}

function ownKeys(): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
}

export const editorStorage = {
  getItem: (key: string) => {
    const part = OF_THE_OPEN_TAB[key]
    return part ? ofTheOpenTab(part) : localStorage.getItem(PREFIX + key)
  },
  setItem: (key: string, text: string) => {
    if (!(key in OF_THE_OPEN_TAB)) localStorage.setItem(PREFIX + key, withoutHeaders(text))
  },
  removeItem: (key: string) => localStorage.removeItem(PREFIX + key),
  clear: () => ownKeys().forEach((key) => localStorage.removeItem(key)),
  get length() {
    return ownKeys().length
  },
}
