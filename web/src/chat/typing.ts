/** Typing, told and shown: nobody stores it, so each sign of it fades by itself. */

const TELL_EVERY_MS = 2_500
const FADES_AFTER_MS = 6_000

/** Tells the others: at most every few seconds that one types, and once that one has stopped. */
export class TypingTeller {
  private toldAt = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private tell: (isTyping: boolean) => void) {}

  keyPressed(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.stop(), FADES_AFTER_MS / 2)
    if (Date.now() - this.toldAt < TELL_EVERY_MS) return
    this.toldAt = Date.now()
    this.tell(true)
  }

  stop(): void {
    clearTimeout(this.timer)
    if (this.toldAt) this.tell(false)
    this.toldAt = 0
  }
}

/** Shows a sentence until it is taken back, or fades. */
export class TypingSign {
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private place: HTMLElement) {}

  show(sentence: string): void {
    clearTimeout(this.timer)
    this.place.textContent = sentence
    if (sentence) this.timer = setTimeout(() => this.show(''), FADES_AFTER_MS)
  }
}
