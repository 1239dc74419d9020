/** What the server tells the page: the JSON in `<script id="page-config">`. */

export interface DemoUser {
  label: string
  email: string
}

export interface PageConfig {
  /** Path of the GraphQL API on this server, for HTTP and for sockets alike. */
  endpoint: string
  /** Path of the printed schema, which everybody may read; introspection may be off. */
  schemaUrl: string
  /** Those who log in with one click, by `devLogIn`: only with DEBUG. Without them the bar asks for a password. */
  demoUsers: DemoUser[]
}

export function readPageConfig(): PageConfig {
  const text = document.getElementById('page-config')?.textContent
  if (!text) throw new Error('The page holds no <script id="page-config">: see graphiql.html.')
  return JSON.parse(text) as PageConfig
}
