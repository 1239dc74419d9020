/**
 * Lets the check-in page open without network. It keeps the page and its files, one version at a time, and nothing
 * else: answers of the API are never in its cache.
 *
 * `web/door.py` serves it at /scan/service-worker.js, with a first line that says what to keep.
 */

export {} // a module, whose names are its own

interface Shell {
  /** Changes with each file. */
  version: string
  page: string
  files: string[]
}

declare const self: ServiceWorkerGlobalScope & { SHELL: Shell }

const PREFIX = 'mishmob-door-'
const { version, page, files } = self.SHELL
const name = `${PREFIX}${version}`
const scope = new URL(self.registration.scope).pathname

self.addEventListener('install', (event) => event.waitUntil(fill()))

self.addEventListener('activate', (event) => event.waitUntil(Promise.all([removeOthers(), self.clients.claim()])))

// A new version waits until no window uses the old one, or until somebody asks for it.
self.addEventListener('message', ({ data }) => {
  if (data === 'take-over') void self.skipWaiting()
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  // All events have the same page: it reads the event from its address.
  if (request.mode === 'navigate' && url.pathname.startsWith(scope)) event.respondWith(kept(page, request))
  else if (files.includes(url.pathname + url.search)) event.respondWith(kept(url.pathname + url.search, request))
})

async function fill(): Promise<void> {
  const cache = await caches.open(name)
  const keep = async (path: string) => {
    const response = await fetch(path, { cache: 'reload', credentials: 'same-origin' })
    if (!response.ok) throw new Error(`${path} was answered ${response.status}.`)
    await cache.put(path, response)
  }
  await Promise.all([page, ...files].map(keep))
}

async function removeOthers(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((one) => one.startsWith(PREFIX) && one !== name).map((one) => caches.delete(one)))
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(name)
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(request)
}
