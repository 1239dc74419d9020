/** The log-in form, with the second step for accounts that have a second factor. */

import { element } from '../../dom'
import { inWords, type MfaChallenge, type Session } from '../session'

export class LogIn {
  readonly root = element('section', { className: 'log-in', aria: { labelledby: 'log-in-title' } })
  private problem = element('p', { className: 'problem', role: 'alert' })

  constructor(
    private session: Session,
    private done: () => void,
  ) {}

  /** One line with a button, for somebody who has better things to do than to log in. */
  offer(why: string): void {
    const open = element('button', { type: 'button', textContent: 'Log in again', onclick: () => this.show() })
    this.root.replaceChildren(element('p', { id: 'log-in-title', textContent: why }), open)
  }

  /** `why` says why a log-in is needed, where that is not plain. */
  show(why = ''): void {
    this.problem.textContent = ''
    const email = field('Email', { type: 'email', autocomplete: 'username', required: true, inputMode: 'email' })
    const password = field('Password', { type: 'password', autocomplete: 'current-password', required: true })
    const form = this.form('Log in', [email, password], async () => {
      const challenge = await this.session.logIn(value(email), value(password))
      if (challenge) this.ask(challenge)
      else this.done()
    })
    const reason = element('p', { textContent: why, hidden: !why })
    this.root.replaceChildren(title('Log in to check people in'), reason, this.problem, form, KEPT)
  }

  private ask(challenge: MfaChallenge): void {
    this.problem.textContent = ''
    const hasRecovery = challenge.methods.includes('RECOVERY_CODE')
    const label = hasRecovery ? 'Code of your authenticator app, or a recovery code' : 'Code of your authenticator app'
    const code = field(label, { autocomplete: 'one-time-code', required: true, autocapitalize: 'off', spellcheck: false })
    const form = this.form('Continue', [code], async () => {
      await this.session.completeMfa(challenge, value(code).trim())
      this.done()
    })
    const back = element('button', { type: 'button', className: 'quiet', textContent: 'Back', onclick: () => this.show() })
    form.append(back)
    this.root.replaceChildren(title('Second step'), this.problem, form)
    form.querySelector('input')!.focus()
  }

  private form(label: string, fields: HTMLElement[], submit: () => Promise<void>): HTMLFormElement {
    const button = element('button', { type: 'submit', className: 'main', textContent: label })
    const form = element('form', {}, ...fields, button)
    form.onsubmit = async (submitted) => {
      submitted.preventDefault()
      button.disabled = true
      this.problem.textContent = ''
      try {
        await submit()
      } catch (error) {
        this.problem.textContent = inWords(error)
      } finally {
        button.disabled = false
      }
    }
    return form
  }
}

const KEPT = element(
  'p',
  { className: 'small' },
  'You stay logged in on this phone for up to seven days after you last used this page. At the bottom of the page you can log out, ' +
    'and read what else is kept here.',
)

function title(text: string): HTMLHeadingElement {
  return element('h2', { id: 'log-in-title', textContent: text })
}

function field(label: string, properties: Partial<HTMLInputElement>): HTMLLabelElement {
  return element('label', {}, label, element('input', properties))
}

function value(field: HTMLElement): string {
  return field.querySelector('input')!.value
}
