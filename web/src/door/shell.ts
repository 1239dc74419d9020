/** The service worker that opens this page without network, and the removal of all that the page keeps. */

import { forget as forgetClock } from './clock'
import type { DoorConfig } from './config'
import type { Store } from './store'

const CACHES = 'mishmob-door-'
const KEYS = 'mishmob:door:'

/** `newer` is told when a newer version of the page is ready; it gets what brings it in. */
export async function register(config: DoorConfig, newer: (bringIn: () => void) => void): Promise<void> {
  if (!navigator.serviceWorker) return // a page without HTTPS has none
  const registration = await navigator.serviceWorker
    .register(config.serviceWorker, { scope: config.scope, updateViaCache: 'none' })
    .catch(() => null)
  if (!registration) return
  const offer = () => {
    const { waiting } = registration
    if (!waiting || !navigator.serviceWorker.controller) return // the first version is no newer one
    newer(() => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
      waiting.postMessage('take-over')
    })
  }
  offer()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer)
  })
}

/** Asks the browser not to remove the waiting scans when storage runs short. */
export async function keepStorage(): Promise<void> {
  await navigator.storage?.persist?.().catch(() => false)
}

export async function forgetPhone(config: DoorConfig, store: Store): Promise<void> {
  await store.destroy()
  forgetClock()
  for (const key of Object.keys(localStorage)) if (key.startsWith(KEYS)) localStorage.removeItem(key)
  const registration = await navigator.serviceWorker?.getRegistration(config.scope)
  await registration?.unregister()
  if (!('caches' in window)) return
  for (const name of await caches.keys()) if (name.startsWith(CACHES)) await caches.delete(name)
}
