/** The check-in page, at /scan/EVENT: start reading in door.ts. */

import { element } from '../dom'
import { readConfig, readEventId } from './config'
import { Door } from './door'
import { Session } from './session'
import { register } from './shell'
import { Store } from './store'

const root = document.getElementById('door')!
const config = readConfig()

async function begin(): Promise<void> {
  const store = await Store.open()
  const eventId = readEventId(config.scope)
  if (!eventId) return chooseEvent(store)
  const door = new Door(root, config, new Session(config.endpoint), store, eventId)
  await door.open()
  await register(config, (bringIn) => door.offerNewer(bringIn))
}

/** At /scan/ alone: the events that this phone knows. */
async function chooseEvent(store: Store): Promise<void> {
  const events = await store.events()
  const links = events.map(({ id, title }) =>
    element('li', {}, element('a', { href: `${config.scope}${encodeURIComponent(id)}`, textContent: title })),
  )
  const text = events.length
    ? 'Events on this phone:'
    : 'This address is not complete. Ask the organizer for the address of the event’s check-in page: it ends with the ID of the event.'
  root.replaceChildren(element('header', { className: 'head' }, element('h1', { textContent: 'Check-in' })),
    element('p', { className: 'notice', textContent: text }), element('ul', { className: 'events' }, ...links))
  await register(config, () => undefined)
}

begin().catch((error: Error) => {
  const text =
    `This page could not start (${error.message}). Load it again. ` +
    'If that does not help, open it in a window that is not private: a private one may keep nothing for it.'
  root.replaceChildren(element('p', { className: 'notice', role: 'alert', textContent: text }))
})
