/**
 * Where GraphiQL keeps its tabs and history: in localStorage, under our own name (another GraphiQL may have been opened
 * on the same localhost port), and without what was typed into the headers editor, for that may be a token.
 */

const PREFIX = 'mishmob:'

function withoutHeaders(text: string): string {
  if (!text.startsWith('{')) return text
  return JSON.stringify(JSON.parse(text), (key, value) => (key === 'headers' ? undefined : value))
}

function ownKeys(): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
}

export const editorStorage = {
  getItem: (key: string) => localStorage.getItem(PREFIX + key),
  setItem: (key: string, text: string) => localStorage.setItem(PREFIX + key, withoutHeaders(text)),
  removeItem: (key: string) => localStorage.removeItem(PREFIX + key),
  clear: () => ownKeys().forEach((key) => localStorage.removeItem(key)),
  get length() {
    return ownKeys().length
  },
}
