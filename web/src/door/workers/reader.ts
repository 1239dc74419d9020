/**
 * Reads the QR codes in pictures of the camera, beside the page, which stays responsive meanwhile.
 *
 * The page sends the WebAssembly first: it gets it from its service worker, which this worker does not have.
 */

import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

declare const self: DedicatedWorkerGlobalScope

export type Asked = { wasmBinary: ArrayBuffer } | { pixels: ArrayBuffer; width: number; height: number }
export type Said = { texts: string[] } | { failed: string }

let isPrepared = false

self.onmessage = async ({ data }: MessageEvent<Asked>) => {
  if ('wasmBinary' in data) return prepare(data.wasmBinary)
  // Asked too early, the library would look for its WebAssembly in the network of its makers.
  if (!isPrepared) return say({ texts: [] })
  const picture = new ImageData(new Uint8ClampedArray(data.pixels), data.width, data.height)
  try {
    const found = await readBarcodes(picture, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 4 })
    say({ texts: found.filter(({ isValid }) => isValid).map(({ text }) => text) })
  } catch {
    say({ texts: [] })
  }
}

async function prepare(wasmBinary: ArrayBuffer): Promise<void> {
  try {
    await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
    isPrepared = true
  } catch (error) {
    say({ failed: String(error) })
  }
}

function say(said: Said): void {
  self.postMessage(said)
}
