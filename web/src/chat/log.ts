/** What one side has seen of a conversation, built from its events alone; it audits them as they come. */

import type { ConversationEvent, Message } from './follow'

export interface Shown extends Message {
  reactions: Map<string, number>
}

export class Log {
  readonly messages = new Map<string, Shown>()
  readonly audit = { events: 0, lost: 0, doubled: 0 }
  /** How far somebody else has read. */
  readUpTo = 0
  last = 0
  /** The id of the person who looks at it. */
  me = ''

  take(event: ConversationEvent): void {
    if (event.sequence !== undefined) this.count(event.sequence)
    switch (event.__typename) {
      case 'MessageSent':
      case 'MessageEdited':
        this.messages.set(event.message.id, { reactions: this.reactionsOf(event.message.id), ...event.message })
        break
      case 'MessageDeleted':
        this.change(event.messageId, { isDeleted: true, content: '' })
        break
      case 'MessageReacted':
        this.reactionsOf(event.messageId).set(event.emoji, event.count)
        break
      case 'ConversationRead':
        if (event.reader.id !== this.me) this.readUpTo = Math.max(this.readUpTo, event.upToSequence)
    }
  }

  private count(sequence: number): void {
    this.audit.events += 1
    if (sequence <= this.last) this.audit.doubled += 1
    else this.audit.lost += sequence - this.last - 1
    this.last = Math.max(this.last, sequence)
  }

  private reactionsOf(id: string): Map<string, number> {
    return this.messages.get(id)?.reactions ?? new Map()
  }

  private change(id: string, changes: Partial<Shown>): void {
    const message = this.messages.get(id)
    if (message) this.messages.set(id, { ...message, ...changes })
  }
}
