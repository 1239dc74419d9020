/** How a client and the test that runs it talk: JSON objects, one a line; commands come in, what happened goes out. */

import { createInterface } from 'node:readline'

import WebSocket from 'ws'

let isToLose = false

/** What is on its way to the client may be lost. */
class LossySocket extends WebSocket {
  override emit(name: string | symbol, ...given: unknown[]): boolean {
    if (isToLose && name === 'message' && JSON.parse(String(given[0])).type === 'next') {
      isToLose = false
      tell({ lost: String(given[0]) })
      return true
    }
    return super.emit(name, ...given)
  }
}

// What a browser has, and Node.js has not everywhere: Apollo's link looks for it too.
globalThis.WebSocket = LossySocket as unknown as typeof globalThis.WebSocket

export function loseTheNextEvent(): void {
  isToLose = true
  tell({ losing: true })
}

export type Commands = Record<string, (given: Record<string, string>) => unknown>

export function tell(what: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(what)}\n`)
}

/** Does what the test says, one thing beside the other, until it says no more. */
export async function obey(commands: Commands): Promise<never> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { command, ...given } = JSON.parse(line) as Record<string, string> & { command: string }
    Promise.resolve(commands[command]!(given)).catch((error: unknown) => tell({ failed: command, error: String(error) }))
  }
  process.exit()
}

/** The address of the server, and who the client is. */
export const [url, email] = process.argv.slice(3) as [string, string]
export const socketUrl = `${url.replace(/^http/, 'ws')}/graphql/`
