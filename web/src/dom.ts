/** Elements, without a framework. */

type Child = Node | string | null | false

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> & { aria?: Record<string, string> } = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const { aria = {}, ...own } = properties
  const made = Object.assign(document.createElement(tag), own)
  for (const [name, value] of Object.entries(aria)) made.setAttribute(`aria-${name}`, value)
  made.append(...children.filter((child) => child !== null && child !== false))
  return made
}

/** A button that says what it does in words or, where it shows a sign, by its label. */
export function button(text: string, click: () => void, label?: string): HTMLButtonElement {
  const aria: Record<string, string> = label ? { label } : {}
  return element('button', { type: 'button', textContent: text, onclick: click, title: label ?? '', aria })
}
