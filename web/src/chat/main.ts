/** The demo chat page: two people of the demo community side by side, each with a session and a socket of their own. */

import { readPageConfig } from '../page_config'
import example from './follow.ts?raw'
import { Refusal } from './api'
import { Side } from './side'

const { endpoint, demoUsers } = readPageConfig()
const [one, other] = demoUsers.slice(0, 2).map(({ email, label }) => new Side(endpoint, email, label)) as [Side, Side]

document.getElementById('sides')!.replaceChildren(one.root, other.root)
document.getElementById('example')!.textContent = example

/** Tries until there is an answer, as the server may be away; only its "no" ends it. */
async function until<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (error instanceof Refusal) throw error
      await new Promise((done) => setTimeout(done, 1000))
    }
  }
}

async function begin(): Promise<void> {
  await Promise.all([one, other].map((side) => until(() => side.logIn())))
  // There is one direct conversation per pair: asked again, it is the same.
  const start = () => one.api.act<{ id: string }>('startConversation', { participantIds: [other.me.id] })
  const { id } = await until(start)
  for (const side of [one, other]) side.follow(id)
}

begin().catch((error: Error) => {
  document.getElementById('problem')!.textContent = error.message
})
