/** What the server tells the page: the JSON in `<script id="page-config">`. */

export interface DemoUser {
  label: string
  email: string
}

export interface PageConfig {
  /** Path of the GraphQL API on this server, for HTTP and for sockets alike. */
  endpoint: string
  /** Only with DEBUG does the server offer `devLogIn`, and so the page its log-in bar. */
  isDebug: boolean
  demoUsers: DemoUser[]
}

export function readPageConfig(): PageConfig {
  const text = document.getElementById('page-config')?.textContent
  if (!text) throw new Error('The page holds no <script id="page-config">: see graphiql.html.')
  return JSON.parse(text) as PageConfig
}
