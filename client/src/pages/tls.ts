// The page "TLS & stackguard": the places of the current g as a table, and a gauge for each stack of the thread.
// Must stay true: it says and measures nothing of its own, the model (views/tls-model.ts) does.

import { l10n } from '../l10n';
import type { Gauge, Line, TlsPicture } from '../views/tls-model';
import { content, element, empty, host, listen, step } from './page';

type Message = { kind: 'picture'; picture: TlsPicture } | { kind: 'running' } | { kind: 'nothing' } | { kind: 'trouble'; text: string };

const dot = (): HTMLElement => element('span', 'dot', '●', { title: l10n.t('changed since the last stop'), 'aria-label': l10n.t('changed') });

function row({ name, value, meaning, state, stateText, changed }: Line): HTMLElement {
  const made = element('tr', state), means = element('td');
  means.append(element('span', 'meaning', meaning));
  if (stateText) means.append(' ', element('span', 'state', state === 'differs' ? `≠ ${stateText}` : stateText));
  if (changed) means.append(' ', dot());
  const cell = element('td');
  cell.append(element('code', '', value));
  made.append(element('th', '', name, { scope: 'row' }), means, cell);
  return made;
}
function table({ lines, sp }: TlsPicture): HTMLElement {
  const made = element('table', 'places'), body = element('tbody');
  body.append(...lines.map(row), row({ name: 'SP', value: sp.value, meaning: sp.on, state: 'other', stateText: '', changed: sp.changed }));
  made.append(element('caption', 'hidden', l10n.t('Where the current g is kept')), body);
  return made;
}

function gauge(stack: Gauge): HTMLElement {
  const made = element('section', stack.live ? 'gauge live' : 'gauge'), head = element('h3');
  head.append(element('span', 'name', stack.name), element('span', 'size', ` ${l10n.t('stack {0}', stack.size)}`));
  if (stack.live) head.append(' ', element('span', 'badge', l10n.t('SP is here')));
  if (stack.warning) head.append(' ', element('span', 'warning', stack.warning));
  const bar = element('div', 'bar', undefined, { role: 'img', 'aria-label': stack.words });
  for (const part of stack.parts) {
    const piece = element('div', `part ${part.kind}`, undefined, { title: part.title });
    piece.style.flexBasis = `${part.percent}%`;
    bar.append(piece);
  }
  if (stack.sp >= 0) {
    const mark = element('div', 'mark', undefined, { title: stack.spText });
    mark.style.left = `${stack.sp}%`;
    bar.append(mark);
  }
  const legend = element('ul', 'legend', undefined, { 'aria-hidden': 'true' }); // the bar's own label says it
  for (const part of stack.parts) {
    const item = element('li');
    item.append(element('i', `swatch ${part.kind}`), element('span', '', part.text));
    legend.append(item);
  }
  for (const [name, value] of stack.guards) legend.append(element('li', 'sptext', `${name} ${value}`));
  legend.append(element('li', 'sptext', `${stack.live ? '▲' : '△'} ${stack.spText}`));
  const ends = element('div', 'ends');
  ends.append(element('span', '', `lo ${stack.lo}`), ...(stack.cut ? [element('span', 'small', l10n.t('not to scale'))] : []), element('span', '', `hi ${stack.hi}`));
  made.append(head, bar, ends, legend);
  return made;
}

listen<Message>((message) => {
  content.classList.toggle('running', message.kind === 'running');
  if (message.kind === 'running') return;
  if (message.kind === 'nothing') { content.replaceChildren(empty(l10n.t('When a Go program is stopped, this shows where the current g is kept (TLS, R14, m.curg) and where SP stands against stackguard0.'), step)); return; }
  if (message.kind === 'trouble') { content.replaceChildren(empty(message.text)); return; }
  const { picture } = message, head = element('header');
  head.append(element('h2', '', picture.title), element('div', 'moment', picture.moment));
  content.replaceChildren(head, table(picture), ...picture.notes.map((text) => element('p', 'note', text)), ...picture.gauges.map(gauge));
  host.postMessage({ kind: 'rendered', text: content.innerText });
});
