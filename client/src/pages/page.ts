// What the webview pages share: messages to and from the extension, elements, colours of the theme, the empty state.
// Must stay true: text is set as text, never as HTML; a page asks for nothing but what the extension offers.

import { l10n, useBundle } from '../l10n';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void; getState(): unknown; setState(state: unknown): void };

export const host = acquireVsCodeApi();
const main = document.getElementById('content')!;
useBundle(JSON.parse(main.dataset['texts'] ?? '{}') as Record<string, unknown>);
export const content: HTMLElement = main;

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', text?: string, attributes: Record<string, string> = {}): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
export function button(text: string, title: string, run: () => void): HTMLButtonElement {
  const made = element('button', '', text, { title, 'aria-label': title, type: 'button' });
  made.addEventListener('click', run);
  return made;
}

/** One sentence, and a button that leads on. */
export function empty(sentence: string, command?: { id: string; title: string }): HTMLElement {
  const made = element('div', 'empty');
  made.append(element('p', '', sentence));
  for (const each of command ? [command, runtime] : []) made.append(button(each.title, each.title, () => host.postMessage({ kind: 'command', command: each.id })), ' ');
  return made;
}
const runtime = { id: 'gobuf.debugSmallRuntime', title: l10n.t('Open the Bundled Runtime') };
export const step = { id: 'gobuf.stepProgram', title: l10n.t('Step a Go Program…') };

/** Colours that were asked for, until the theme changes: a canvas asks thousands of times a frame. */
const colors = new Map<string, string>();
export function forgetColors(): void { colors.clear(); }
export function color(name: string, other = ''): string {
  const key = `${name} ${other}`, known = colors.get(key);
  if (known !== undefined) return known;
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--vscode-${name}`).trim() || (other ? color(other) : '') || getComputedStyle(document.body).color;
  colors.set(key, value);
  return value;
}

/** Hears the extension's messages, and tells it that the page is there. */
export function listen<T extends { kind: string }>(hear: (message: T) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<T>) => {
    if (data.kind === 'ping') { host.postMessage({ kind: 'alive' }); return; }
    hear(data);
    if (data.kind === 'running' && !content.hasChildNodes()) content.append(element('p', 'empty', l10n.t('The program is running.')));
  });
  host.postMessage({ kind: 'ready' });
}
