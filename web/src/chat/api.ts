/** What a side asks of the server over HTTP, as the person it belongs to. */

import { post } from '../http'
import type { SessionKeeper } from '../session'

interface OperationInfo {
  __typename: 'OperationInfo'
  messages: { message: string }[]
}

/** The server's own "no": asking again would not help. */
export class Refusal extends Error {}

const PROBLEMS = '... on OperationInfo { messages { message } }'
const RESULTS = {
  startConversation: '... on Conversation { id }',
  sendMessage: '... on Message { id sequence }',
  editMessage: '... on Message { id }',
  deleteMessage: '... on Message { id }',
  reactToMessage: '... on Message { id reactions { emoji reactedByMe } }',
  setTyping: '... on TypingReceipt { isTyping }',
  markConversationRead: '... on Conversation { id }',
}
export type Act = keyof typeof RESULTS

export class Api {
  constructor(
    private endpoint: string,
    private sessions: SessionKeeper,
    private email: string,
  ) {}

  /** What an `Authorization` should say; it waits for the server rather than fail, and logs in where nobody is. */
  authorization = async (): Promise<string> => {
    for (;;) {
      try {
        const authorization = await this.sessions.authorization()
        if (authorization) return authorization
        await this.sessions.logIn(this.email)
        if (this.sessions.getState().session) continue
      } catch {
        // No answer: the server is away.
      }
      await new Promise((done) => setTimeout(done, 500))
    }
  }

  async query<T>(query: string): Promise<T> {
    return (await this.ask(query, {})) as T
  }

  /** A refusal is thrown as a `Refusal`, whose message is a sentence for people. */
  async act<T = unknown>(act: Act, input: Record<string, unknown>): Promise<T> {
    const type = `${act[0]!.toUpperCase()}${act.slice(1)}Input!`
    const query = `mutation ($input: ${type}) { result: ${act}(input: $input) { __typename ${RESULTS[act]} ${PROBLEMS} } }`
    const { result } = await this.ask(query, { input })
    if (result.__typename === 'OperationInfo') {
      throw new Refusal((result as OperationInfo).messages.map(({ message }) => message).join(' '))
    }
    return result as T
  }

  private async ask(query: string, variables: Record<string, unknown>): Promise<Record<string, any>> {
    const headers = { Authorization: await this.authorization() }
    const { result } = await post(this.endpoint, { query, variables }, headers)
    if (!result.data) throw new Error(result.errors?.[0]?.message ?? 'The server gave no answer.')
    return result.data
  }
}
