/** Sounds and vibration for each answer, so that nobody has to look at the phone all the time. */

import type { Tone } from './answers'

const KEY = 'mishmob:door:muted'

/** Pitch in hertz, start and length in seconds. */
const SOUNDS: Record<Tone, [number, number, number][]> = {
  good: [[1175, 0, 0.12]],
  unsure: [[660, 0, 0.1], [660, 0.16, 0.1]],
  bad: [[220, 0, 0.18], [185, 0.22, 0.3]],
}
const VIBRATIONS: Record<Tone, number[]> = { good: [70], unsure: [70, 60, 70], bad: [200, 80, 200] }

let audio: AudioContext | null = null

export function isMuted(): boolean {
  return localStorage.getItem(KEY) === 'true'
}

export function mute(isOn: boolean): void {
  localStorage.setItem(KEY, String(isOn))
}

/** Browsers let a page sound only after a touch or a key. */
export function wake(): void {
  if (typeof AudioContext === 'undefined') return
  audio ??= new AudioContext()
  if (audio.state === 'suspended') void audio.resume()
}

export function signal(tone: Tone): void {
  if (isMuted()) return
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(VIBRATIONS[tone])
  if (audio?.state !== 'running') return
  for (const [pitch, start, length] of SOUNDS[tone]) play(audio, pitch, audio.currentTime + start, length)
}

function play(context: AudioContext, pitch: number, start: number, length: number): void {
  const oscillator = new OscillatorNode(context, { frequency: pitch, type: 'square' })
  const volume = new GainNode(context, { gain: 0.15 })
  oscillator.connect(volume).connect(context.destination)
  oscillator.start(start)
  oscillator.stop(start + length)
}
