/** What the server tells the page: the JSON in `<script id="page-config">`. It is the same for all events. */

export interface DoorConfig {
  /** Path of the GraphQL API on this server, for HTTP and for sockets alike. */
  endpoint: string
  serviceWorker: string
  /** Folder of this page, which is also the scope of its service worker. */
  scope: string
  /** The server's public address where that is HTTPS, else null. */
  secureOrigin: string | null
}

export function readConfig(): DoorConfig {
  const text = document.getElementById('page-config')?.textContent
  if (!text) throw new Error('The page holds no <script id="page-config">: see door.html.')
  return JSON.parse(text) as DoorConfig
}

/** Returns the id of the event in the page's address, `/scan/EVENT`; null at `/scan/`. */
export function readEventId(scope: string): string | null {
  const [id] = location.pathname.slice(scope.length).split('/')
  return id ? decodeURIComponent(id) : null
}
