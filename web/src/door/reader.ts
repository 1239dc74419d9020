/** Reads QR codes from a video until it is stopped, each once while it stays in view. */

import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

import workerUrl from './workers/reader.ts?worker&url'

/** Pictures a second: a code is read in the first or second good one. */
const PAUSE_MS = 120
/** Longer sides give no more codes, and cost time. */
const LONGEST_SIDE = 1280
/** A code must be out of view for so long before it counts again; less, if another one was read since. */
const SAME_CODE_MS = 4_000
const SAME_CODE_AFTER_ANOTHER_MS = 1_500

export class Reader {
  private worker: Worker | null = null
  private canvas = document.createElement('canvas')
  private timer: ReturnType<typeof setTimeout> | undefined
  private lastSeen = new Map<string, number>()
  private lastFound = ''
  private isRunning = false

  constructor(
    private video: HTMLVideoElement,
    /** Folder of this page. The server gives the worker there too, as a service worker does not reach outside it. */
    private scope: string,
    private found: (text: string) => void,
    /** A code is in view that was read before. */
    private seenAgain: () => void,
    /** The reader itself could not be loaded. */
    private failed: () => void,
  ) {}

  start(): void {
    this.worker ??= this.startWorker()
    if (this.isRunning) return
    this.isRunning = true
    this.next()
  }

  stop(): void {
    this.isRunning = false
    clearTimeout(this.timer)
  }

  /** Lets the code in view count again: the direction has changed. */
  forgetSeen(): void {
    this.lastSeen.clear()
  }

  private startWorker(): Worker {
    const worker = new Worker(`${this.scope}${workerUrl.split('/').pop()}`)
    worker.onerror = () => this.failed()
    worker.onmessage = ({ data }: MessageEvent<{ texts: string[] } | { failed: string }>) => {
      if ('failed' in data) return this.failed()
      if (this.isRunning) this.take(data.texts)
      this.next()
    }
    fetch(wasmUrl)
      .then((response) => response.arrayBuffer())
      .then((wasmBinary) => worker.postMessage({ wasmBinary }, [wasmBinary]))
      .catch(() => this.failed())
    return worker
  }

  private next(): void {
    clearTimeout(this.timer)
    if (this.isRunning) this.timer = setTimeout(() => this.send(), PAUSE_MS)
  }

  private send(): void {
    const { videoWidth, videoHeight, readyState } = this.video
    if (readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !videoWidth) return this.next()
    const scale = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight))
    const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)]
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height })
    const context = this.canvas.getContext('2d', { willReadFrequently: true })!
    context.drawImage(this.video, 0, 0, width, height)
    const pixels = context.getImageData(0, 0, width, height).data.buffer
    this.worker!.postMessage({ pixels, width, height }, [pixels])
  }

  private take(texts: string[]): void {
    const now = Date.now()
    for (const [text, at] of this.lastSeen) if (now - at > SAME_CODE_MS) this.lastSeen.delete(text)
    for (const text of texts) {
      const away = now - (this.lastSeen.get(text) ?? 0)
      this.lastSeen.set(text, now)
      if (away < (text === this.lastFound ? SAME_CODE_MS : SAME_CODE_AFTER_ANOTHER_MS)) {
        this.seenAgain()
        continue
      }
      this.lastFound = text
      this.found(text)
    }
  }
}
