/** The picture of the camera with its buttons, or why there is none. */

import { button, element } from '../../dom'
import { Camera, CameraTrouble, SENTENCES, type Trouble } from '../camera'
import type { DoorConfig } from '../config'
import { Reader } from '../reader'

export class Scanner {
  readonly root = element('section', { className: 'scanner' })
  private video = element('video', { muted: true, playsInline: true, autoplay: true })
  private camera: Camera
  private reader: Reader
  private message = element('p', { className: 'message', role: 'status' })
  private link = element('a', { textContent: 'Open this page with HTTPS', hidden: true })
  private start = button('Start the camera', () => void this.on())
  private stop = button('Stop', () => this.off(), 'Stop the camera')
  private torch = button('Light', () => void this.toggleLight(), 'Switch the light on or off')
  private choice = element('select', { aria: { label: 'Camera' } })
  private wakeLock: WakeLockSentinel | null = null
  /** Whether the camera comes on again when the page is seen again. */
  private isWanted = false

  constructor(
    private config: DoorConfig,
    found: (text: string) => void,
    seenAgain: () => void,
    private changed: () => void,
  ) {
    this.root.setAttribute('aria-label', 'Camera')
    this.video.setAttribute('aria-label', 'Picture of the camera')
    this.camera = new Camera(this.video, () => this.explain('busy'))
    this.reader = new Reader(this.video, config.scope, found, seenAgain, () => this.giveUp())
    this.start.classList.add('main')
    this.link.href = `${config.secureOrigin ?? ''}${location.pathname}`
    this.choice.onchange = () => void this.choose(this.choice.value)
    const frame = element('div', { className: 'frame', aria: { hidden: 'true' } })
    const tools = element('div', { className: 'tools' }, this.torch, this.choice, this.stop)
    this.root.append(this.video, frame, element('div', { className: 'cover' }, this.message, this.link, this.start), tools)
    document.addEventListener('visibilitychange', () => void this.followVisibility())
    this.paint()
  }

  get isOn(): boolean {
    return this.camera.isOn
  }

  /** Starts at once where that asks nobody anything; else there is a button. */
  async begin(): Promise<void> {
    if (!window.isSecureContext) return this.explain('insecure')
    const permission = await navigator.permissions?.query({ name: 'camera' as PermissionName }).catch(() => null)
    if (permission?.state === 'granted') await this.on()
    else if (permission?.state === 'denied') this.explain('denied')
  }

  off(): void {
    this.isWanted = false
    this.pause()
    this.say('')
  }

  /** The code in view counts again. */
  forgetSeen(): void {
    this.reader.forgetSeen()
  }

  flash(tone: string): void {
    this.root.dataset.tone = tone
  }

  private async on(): Promise<void> {
    this.isWanted = true
    this.start.disabled = true
    this.say('Starting the camera…')
    try {
      await this.camera.start()
      this.say('')
      this.reader.start()
      await Promise.all([this.listCameras(), this.stayAwake()])
    } catch (error) {
      this.explain(error instanceof CameraTrouble ? error.kind : 'other')
    } finally {
      this.start.disabled = false
      this.render()
    }
  }

  private pause(): void {
    this.reader.stop()
    this.camera.stop()
    void this.wakeLock?.release()
    this.wakeLock = null
    this.render()
  }

  /** A page that nobody sees holds no camera; it is on again when the page is seen again. */
  private async followVisibility(): Promise<void> {
    if (document.hidden) this.pause()
    else if (this.isWanted) await this.on()
  }

  private explain(trouble: Trouble): void {
    this.isWanted = false
    this.pause()
    this.say(`${SENTENCES[trouble]} You can type the code below.`)
    this.link.hidden = trouble !== 'insecure' || !this.config.secureOrigin
    this.start.textContent = 'Try the camera again'
    this.start.hidden = trouble === 'insecure'
  }

  private giveUp(): void {
    this.off()
    this.say('The QR reader did not load. Load the page again when there is network. You can type the code below.')
  }

  private say(text: string): void {
    this.message.textContent = text
  }

  private async toggleLight(): Promise<void> {
    await this.camera.light(!this.camera.isLit).catch(() => undefined)
    this.render()
  }

  private async choose(deviceId: string): Promise<void> {
    this.reader.stop()
    try {
      await this.camera.choose(deviceId)
      this.reader.start()
    } catch (error) {
      this.explain(error instanceof CameraTrouble ? error.kind : 'other')
    }
    this.render()
  }

  private async listCameras(): Promise<void> {
    const cameras = await this.camera.others()
    const options = cameras.map(({ deviceId, label }, index) =>
      element('option', { value: deviceId, textContent: label || `Camera ${index + 1}` }),
    )
    this.choice.replaceChildren(...options)
    if (this.camera.current) this.choice.value = this.camera.current
    this.choice.hidden = cameras.length < 2
  }

  /** The screen stays on while the camera is. */
  private async stayAwake(): Promise<void> {
    this.wakeLock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null
  }

  private render(): void {
    this.paint()
    this.changed()
  }

  private paint(): void {
    const { isOn } = this.camera
    this.root.classList.toggle('on', isOn)
    this.stop.hidden = !isOn
    this.torch.hidden = !isOn || !this.camera.hasTorch
    this.torch.setAttribute('aria-pressed', String(this.camera.isLit))
    if (!isOn) this.choice.hidden = true
  }
}
