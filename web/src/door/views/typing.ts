/** The field for the 16 characters below the QR image. A scanner that types what it reads may write here too. */

import { element } from '../../dom'
import { grouped, readCode, TYPED_LENGTH, usualLetters, type Code } from '../codes'

export class Typing {
  readonly root: HTMLFormElement
  private input = element('input', {
    id: 'code', name: 'code', autocomplete: 'off', autocapitalize: 'characters', spellcheck: false, enterKeyHint: 'go',
    placeholder: 'ABCD-EFGH-IJKL-MNOP',
  })
  private send = element('button', { type: 'submit', className: 'main', textContent: 'Check' })
  private problem = element('p', { className: 'problem', id: 'code-problem', role: 'alert' })

  constructor(private typed: (code: Code) => Promise<void>) {
    this.input.setAttribute('autocorrect', 'off')
    this.input.setAttribute('aria-describedby', 'code-problem')
    this.input.oninput = () => this.group()
    const label = element('label', { htmlFor: 'code', textContent: 'Or type the code' })
    this.root = element('form', { className: 'typing', noValidate: true }, label, this.input, this.send, this.problem)
    this.root.onsubmit = (submitted) => {
      submitted.preventDefault()
      void this.submit()
    }
  }

  /** Shows the letters in groups, as tickets do; not while somebody mends one in the middle. */
  private group(): void {
    this.problem.textContent = ''
    const { value, selectionStart } = this.input
    // What QR codes hold begins so, where a scanner types it.
    if (selectionStart !== value.length || value.startsWith('eyJ')) return
    const letters = value.replace(/[\s\-–—]/g, '')
    if (letters.length <= TYPED_LENGTH) this.input.value = grouped(letters)
  }

  private async submit(): Promise<void> {
    const code = readCode(this.input.value)
    if (code.kind === 'foreign') {
      this.problem.textContent = problemOf(usualLetters(this.input.value))
      this.input.setAttribute('aria-invalid', 'true')
      return this.input.focus()
    }
    this.input.removeAttribute('aria-invalid')
    this.problem.textContent = ''
    this.send.disabled = true
    this.input.value = ''
    try {
      await this.typed(code)
    } finally {
      this.send.disabled = false
    }
  }
}

function problemOf(letters: string): string {
  if (!letters) return `Type the ${TYPED_LENGTH} characters below the QR code.`
  const wrong = /[^A-Z2-7]/.exec(letters)?.[0]
  if (wrong) return `“${wrong}” is in no code. Codes have letters and the digits 2 to 7.`
  return `A code has ${TYPED_LENGTH} characters. This one has ${letters.length}.`
}
