/** Whether the server answers. After one request without an answer nobody at the door waits for it again. */

const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 15_000

export class Line {
  isUp = navigator.onLine
  /** Whether the server has answered, or failed to, since the page was opened. */
  isKnown = false
  private losses = 0
  private pause = FIRST_PAUSE_MS
  private timer: ReturnType<typeof setTimeout> | undefined
  private isProbing = false

  /** `probe` asks the server something, and fails if it does not answer. */
  constructor(
    private probe: () => Promise<void>,
    private changed: () => void,
    /** The server has answered the probe: what waits can be sent. */
    private answered: () => void,
  ) {
    addEventListener('online', () => this.tryNow())
    addEventListener('offline', () => this.lost())
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && !this.isUp) this.tryNow()
    })
    if (!this.isUp) this.tryLater()
  }

  lost(retryAfterSeconds = 0): void {
    this.losses += 1
    this.pause = Math.max(FIRST_PAUSE_MS, retryAfterSeconds * 1000)
    this.set(false)
    this.tryLater()
  }

  private found(): void {
    clearTimeout(this.timer)
    this.pause = FIRST_PAUSE_MS
    this.set(true)
  }

  tryNow(): void {
    clearTimeout(this.timer)
    void this.try()
  }

  private async try(): Promise<void> {
    if (this.isProbing) return
    this.isProbing = true
    const { losses } = this
    try {
      await this.probe()
      // An answer that was on its way when the network went says nothing about now.
      if (this.losses !== losses) return
      this.found()
      this.answered()
    } catch {
      this.set(false)
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS)
      this.tryLater()
    } finally {
      this.isProbing = false
    }
  }

  private tryLater(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.try(), this.pause)
  }

  private set(isUp: boolean): void {
    if (this.isKnown && this.isUp === isUp) return
    this.isKnown = true
    this.isUp = isUp
    this.changed()
  }
}
