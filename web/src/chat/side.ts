/** One person's side of the conversation: their session, their line to the server, and what they see. */

import { SessionKeeper } from '../session'
import { Api, Refusal, type Act } from './api'
import { button, element } from '../dom'
import { follow, type ConversationEvent, type Person } from './follow'
import { Line, type LineState } from './line'
import { Log } from './log'
import { MessageList } from './message_list'
import { TypingSign, TypingTeller } from './typing'

const STATES: Record<LineState, string> = {
  connecting: 'Connecting…',
  live: 'Live',
  away: 'No connection; trying again…',
  cut: 'Cut; nothing gets through',
}

/** How long after a connection what comes counts as caught up with. */
const CATCH_UP_MS = 1_500

export class Side {
  readonly api: Api
  readonly root = element('section', { className: 'side' })
  me: Person = { id: '', displayName: '' }

  private log = new Log()
  private line: Line
  private conversationId = ''
  private features = new Set<string>()
  private connectedAt = 0
  private caughtUp = 0
  private editing: string | null = null
  private sending: Promise<boolean> = Promise.resolve(true)
  private readSoon: ReturnType<typeof setTimeout> | undefined

  private name = element('h2')
  private state = element('p', { className: 'state', role: 'status' })
  private toggle = button('Cut the connection', () => this.cutOrMend())
  private list: MessageList
  private typingLine = element('p', { className: 'typing', role: 'status' })
  private typingSign = new TypingSign(this.typingLine)
  private teller = new TypingTeller((isTyping) => this.tellTyping(isTyping))
  private input = element('input', { type: 'text', maxLength: 10_000, autocomplete: 'off', required: true })
  private send = element('button', { type: 'submit', textContent: 'Send' })
  private problem = element('p', { className: 'problem', role: 'alert' })
  private audit = element('p', { className: 'audit' })

  constructor(
    endpoint: string,
    email: string,
    private label: string,
  ) {
    const sessions = new SessionKeeper(endpoint, `mishmob:chat:${label}`)
    this.api = new Api(endpoint, sessions, email)
    const url = new URL(endpoint, location.href.replace(/^http/, 'ws')).href
    this.line = new Line(url, this.api.authorization, (state) => this.show(state))
    this.list = new MessageList(this.log, {
      edit: (id, content) => this.beginEdit(id, content),
      remove: (id) => void this.act('deleteMessage', { messageId: id }),
      react: (id, emoji, remove) => void this.act('reactToMessage', { messageId: id, emoji, remove }),
    })
    this.build()
  }

  async logIn(): Promise<void> {
    const asked = await this.api.query<{ me: Person; __type: { fields: { name: string }[] } }>(
      '{ me { id displayName } __type(name: "Mutation") { fields { name } } }',
    )
    this.me = asked.me
    this.log.me = asked.me.id
    this.features = new Set(asked.__type.fields.map(({ name }) => name))
    this.name.textContent = `${this.label}: ${this.me.displayName}`
    this.list.begin(this.me, this.features)
    this.input.setAttribute('aria-label', `Message as ${this.me.displayName}`)
  }

  follow(conversationId: string): void {
    this.conversationId = conversationId
    follow(this.line.client, conversationId, (event) => this.take(event))
  }

  private build(): void {
    this.name.id = `side-${this.label.toLowerCase()}`
    this.root.setAttribute('aria-labelledby', this.name.id)
    this.name.textContent = this.label
    this.input.placeholder = 'Write a message'
    this.input.oninput = () => this.teller.keyPressed()
    const form = element('form', { onsubmit: (submitted) => this.submit(submitted) }, this.input, this.send)
    this.input.onkeydown = ({ key }) => {
      if (key === 'Escape') this.endEdit()
    }
    this.root.append(
      element('header', {}, this.name, this.toggle, this.state),
      this.list.root,
      this.typingLine,
      this.problem,
      form,
      this.audit,
    )
    this.show('connecting')
  }

  private take(event: ConversationEvent): void {
    this.log.take(event)
    if (event.sequence !== undefined && Date.now() - this.connectedAt < CATCH_UP_MS) this.caughtUp += 1
    if (event.__typename === 'ParticipantTyping' && event.participant.id !== this.me.id) {
      this.typingSign.show(event.isTyping ? 'The other side is typing…' : '')
    }
    if (event.__typename === 'MessageSent' && event.message.sender?.id !== this.me.id) {
      this.typingSign.show('')
      this.readSoon ??= setTimeout(() => void this.markRead(), 600)
    }
    this.list.changed()
    this.show(this.line.state)
  }

  private show(state: LineState): void {
    if (state === 'live' && this.root.dataset.state !== 'live') [this.connectedAt, this.caughtUp] = [Date.now(), 0]
    this.root.dataset.state = state
    const behind = state === 'live' && this.caughtUp ? ` · caught up with ${this.caughtUp} events` : ''
    this.state.textContent = STATES[state] + behind
    this.toggle.textContent = state === 'cut' ? 'Restore the connection' : 'Cut the connection'
    const { events, lost, doubled } = this.log.audit
    this.audit.textContent = `${events} events · ${lost} lost · ${doubled} doubled`
  }

  private cutOrMend(): void {
    if (this.line.isCut) this.line.mend()
    else this.line.cut()
  }

  private submit(submitted: Event): void {
    submitted.preventDefault()
    const content = this.input.value.trim()
    if (!content) return
    const messageId = this.editing
    this.endEdit()
    this.teller.stop()
    if (messageId) void this.act('editMessage', { messageId, content })
    else void this.say(content)
  }

  /** Sends, after what was said before, until there is an answer: the `clientId` makes all the tries one message. */
  private async say(content: string): Promise<void> {
    const clientId = crypto.randomUUID()
    this.list.wait(clientId, content)
    const { conversationId } = this
    this.sending = this.sending.then(() => this.act('sendMessage', { conversationId, content, clientId }))
    if (await this.sending) return
    this.list.forget(clientId)
    this.input.value ||= content
  }

  /** Does it as soon as the line is whole and the server answers; whether the server agreed. */
  private async act(act: Act, input: Record<string, unknown>): Promise<boolean> {
    this.problem.textContent = ''
    for (;;) {
      await this.line.whole()
      try {
        this.list.answered(act, await this.api.act(act, input))
        return true
      } catch (error) {
        if (error instanceof Refusal) {
          this.problem.textContent = error.message
          return false
        }
        await new Promise((done) => setTimeout(done, 700))
      }
    }
  }

  private async markRead(): Promise<void> {
    this.readSoon = undefined
    await this.act('markConversationRead', { conversationId: this.conversationId, upToSequence: this.log.last })
  }

  private tellTyping(isTyping: boolean): void {
    if (!this.features.has('setTyping') || this.line.isCut) return
    const { conversationId } = this
    this.api.act('setTyping', { conversationId, isTyping }).catch(() => undefined) // nothing is lost with it
  }

  private beginEdit(id: string, content: string): void {
    this.editing = id
    this.input.value = content
    this.send.textContent = 'Save'
    this.input.focus()
  }

  private endEdit(): void {
    this.editing = null
    this.input.value = ''
    this.send.textContent = 'Send'
  }
}
