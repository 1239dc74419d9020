/** The camera of the phone: the one at its back, its torch, and why there is none. */

export type Trouble = 'insecure' | 'denied' | 'missing' | 'busy' | 'other'

export class CameraTrouble extends Error {
  constructor(
    readonly kind: Trouble,
    message: string,
  ) {
    super(message)
  }
}

const KINDS: Record<string, Trouble> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
}

const CHOICE_KEY = 'mishmob:door:camera'

/** TypeScript does not know the torch, which browsers on phones have. */
interface Torch {
  torch?: boolean
}

export class Camera {
  private stream: MediaStream | null = null
  isLit = false

  constructor(
    readonly video: HTMLVideoElement,
    /** The camera stopped by itself: unplugged, or taken by another program. */
    private ended: () => void,
  ) {}

  get isOn(): boolean {
    return this.stream !== null
  }

  get hasTorch(): boolean {
    const capabilities = this.track()?.getCapabilities?.() as Torch | undefined
    return Boolean(capabilities?.torch)
  }

  /** Fails with a `CameraTrouble`. */
  async start(): Promise<void> {
    this.stop()
    if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) throw new CameraTrouble('insecure', '')
    try {
      this.stream = await this.open()
    } catch (error) {
      const name = error instanceof DOMException ? error.name : ''
      throw new CameraTrouble(KINDS[name] ?? 'other', error instanceof Error ? error.message : String(error))
    }
    this.track()!.addEventListener('ended', () => {
      this.stop()
      this.ended()
    })
    this.video.srcObject = this.stream
    await this.video.play().catch(() => undefined) // a page in the background may not play yet
  }

  stop(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop()
    this.stream = null
    this.isLit = false
    this.video.srcObject = null
  }

  async light(isLit: boolean): Promise<void> {
    await this.track()?.applyConstraints({ advanced: [{ torch: isLit } as MediaTrackConstraintSet] })
    this.isLit = isLit
  }

  /** The cameras to choose from; their names are known once one was allowed. */
  async others(): Promise<MediaDeviceInfo[]> {
    const devices = await navigator.mediaDevices.enumerateDevices()
    return devices.filter(({ kind }) => kind === 'videoinput')
  }

  get current(): string | undefined {
    return this.track()?.getSettings().deviceId
  }

  async choose(deviceId: string): Promise<void> {
    localStorage.setItem(CHOICE_KEY, deviceId)
    await this.start()
  }

  private async open(): Promise<MediaStream> {
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } }
    const chosen = localStorage.getItem(CHOICE_KEY)
    if (chosen) {
      try {
        return await navigator.mediaDevices.getUserMedia({ video: { ...size, deviceId: { exact: chosen } } })
      } catch (error) {
        if ((error as DOMException).name !== 'OverconstrainedError') throw error
        localStorage.removeItem(CHOICE_KEY) // it was another phone's, or was unplugged
      }
    }
    return navigator.mediaDevices.getUserMedia({ video: { ...size, facingMode: { ideal: 'environment' } } })
  }

  private track(): MediaStreamTrack | undefined {
    return this.stream?.getVideoTracks()[0]
  }
}

/** What went wrong and what to do. */
export const SENTENCES: Record<Trouble, string> = {
  insecure:
    'Browsers give the camera only to pages with HTTPS, and this page was opened without it. ' +
    'Open the address that begins with https:// instead.',
  denied:
    'The camera is not allowed for this page. Tap the sign beside the address, allow the camera, and try again. ' +
    'If it is not listed there, allow the camera for the browser in the settings of the phone.',
  missing: 'This device has no camera that the browser can use.',
  busy: 'Another program is using the camera. Close it, and try again.',
  other: 'The camera could not be started. Try again; if that does not help, restart the browser.',
}
