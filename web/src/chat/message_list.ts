/** The messages as one side sees them; only what has changed is drawn again, so that nobody's focus is lost. */

import type { Act } from './api'
import { button, element } from '../dom'
import type { Person } from './follow'
import type { Log, Shown } from './log'

const EMOJIS = ['👍', '❤️', '😂']

interface Acts {
  edit(id: string, content: string): void
  remove(id: string): void
  react(id: string, emoji: string, remove: boolean): void
}

export class MessageList {
  readonly root = element('ol', { className: 'messages', role: 'log', tabIndex: 0 })
  private drawn = new Map<string, { as: string; item: HTMLLIElement }>()
  private waiting = new Map<string, HTMLLIElement>()
  /** What this side has reacted with: the log tells counts only. */
  private mine = new Map<string, Set<string>>()
  private me: Person = { id: '', displayName: '' }
  private features = new Set<string>()
  private isDue = false

  constructor(
    private log: Log,
    private acts: Acts,
  ) {}

  begin(me: Person, features: Set<string>): void {
    this.me = me
    this.features = features
    this.root.setAttribute('aria-label', `Messages, as ${me.displayName} sees them`)
  }

  /** Draws soon: many events that come at once are drawn at once. */
  changed(): void {
    if (!this.isDue) requestAnimationFrame(() => this.draw())
    this.isDue = true
  }

  wait(clientId: string, content: string): void {
    const item = element('li', { className: 'mine waiting' }, element('p', {}, content), element('small', {}, 'waiting…'))
    this.waiting.set(clientId, item)
    this.root.append(item)
    this.root.scrollTop = this.root.scrollHeight
  }

  forget(clientId: string): void {
    this.waiting.get(clientId)?.remove()
    this.waiting.delete(clientId)
  }

  answered(act: Act, result: unknown): void {
    if (act !== 'reactToMessage') return
    const { id, reactions } = result as { id: string; reactions: { emoji: string; reactedByMe: boolean }[] }
    this.mine.set(id, new Set(reactions.filter(({ reactedByMe }) => reactedByMe).map(({ emoji }) => emoji)))
    this.changed()
  }

  private draw(): void {
    this.isDue = false
    const isAtEnd = this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < 80
    const lastRead = this.lastRead()
    for (const message of this.log.messages.values()) {
      this.forget(message.clientId)
      const mine = [...(this.mine.get(message.id) ?? [])]
      const as = JSON.stringify([message, [...message.reactions], mine, message.id === lastRead])
      const before = this.drawn.get(message.id)
      if (before?.as === as) continue
      const item = this.item(message, message.id === lastRead)
      if (before) before.item.replaceWith(item)
      else this.root.append(item)
      this.drawn.set(message.id, { as, item })
    }
    this.root.append(...this.waiting.values())
    if (isAtEnd) this.root.scrollTop = this.root.scrollHeight
  }

  /** The last of one's own messages that the other side has read. */
  private lastRead(): string | undefined {
    const own = [...this.log.messages.values()].filter(({ sender }) => sender?.id === this.me.id)
    return own.findLast(({ sequence }) => sequence <= this.log.readUpTo)?.id
  }

  private item(message: Shown, isRead: boolean): HTMLLIElement {
    const isMine = message.sender?.id === this.me.id
    const at = new Date(message.sentAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    const notes = [at, message.editedAt && !message.isDeleted ? 'edited' : '', isRead ? 'read' : '']
    const words = element('p', {}, message.isDeleted ? 'This message was deleted.' : message.content)
    const number = element('span', { className: 'number', title: 'Its sequence' }, `#${message.sequence}`)
    const small = element('small', {}, number, ` ${notes.filter(Boolean).join(' · ')}`)
    const foot = element('div', { className: 'foot' }, small, !message.isDeleted && this.actions(message, isMine))
    const item = element('li', { className: isMine ? 'mine' : 'theirs' }, words, foot)
    item.classList.toggle('deleted', message.isDeleted)
    return item
  }

  private actions(message: Shown, isMine: boolean): HTMLElement {
    const bar = element('div', { className: 'actions' })
    if (this.features.has('reactToMessage')) bar.append(...EMOJIS.map((emoji) => this.reaction(message, emoji)))
    if (isMine && this.features.has('editMessage')) {
      bar.append(button('Edit', () => this.acts.edit(message.id, message.content), `Edit message ${message.sequence}`))
    }
    if (isMine && this.features.has('deleteMessage')) {
      bar.append(button('Delete', () => this.acts.remove(message.id), `Delete message ${message.sequence}`))
    }
    return bar
  }

  private reaction(message: Shown, emoji: string): HTMLButtonElement {
    const count = message.reactions.get(emoji) ?? 0
    const isOwn = this.mine.get(message.id)?.has(emoji) ?? false
    const label = `React with ${emoji} to message ${message.sequence}, ${count} so far`
    const made = button(count ? `${emoji} ${count}` : emoji, () => this.acts.react(message.id, emoji, isOwn), label)
    made.classList.toggle('given', count > 0)
    made.setAttribute('aria-pressed', String(isOwn))
    return made
  }
}
