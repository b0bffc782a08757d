// The page "Stacks and gobuf": both stacks of the thread as words with frames around them, and the gobuf beside the live registers.
// Must stay true: it says what the adapter says, in the order of addresses, low on top (where SP grows to); what comes next is marked.

import type { Moment, Move, StackColumn, StacksPicture } from '../../../debug-adapter/src/dap/protocol';
import { l10n } from '../l10n';
import { inWords } from '../views/engine-words';
import { address, bytes, grouped } from '../views/words';
import { button, content, element, empty, host, listen, step } from './page';

type Message = { kind: 'picture'; picture: StacksPicture & { moment: Moment }; before: Record<string, string> } | { kind: 'running' } | { kind: 'nothing' } | { kind: 'trouble'; text: string };

function wordRow(column: StackColumn, index: number, changed: boolean): HTMLTableRowElement {
  const word = column.words[index]!, at64 = `*(*uint64)(${address(word.address)})`;
  // What the context menu's commands are given, as if the word were a row of a tree.
  const row = element('tr', `${word.kind}${changed ? ' changed' : ''}`, undefined, { 'data-vscode-context': JSON.stringify({ webviewSection: 'gobuf.word', preventDefaultContextMenuItems: true, expression: at64, address: word.address, description: word.value }) });
  const marks = element('td', 'marks', word.marks.map((mark) => `${mark} ▸`).join(' '));
  const at = element('td', 'at');
  at.append(element('span', '', `hi-0x${(column.hi - word.address).toString(16)}`, { title: address(word.address) }));
  const text = inWords(word.text), meaning = element('td', 'meaning', text, { title: `hi-0x${(column.hi - word.address).toString(16)}  ${text}` });
  if (changed) meaning.append(element('span', 'dot', ' ●', { title: l10n.t('changed since the last stop'), 'aria-label': l10n.t('changed') }));
  const value = element('td', 'value');
  value.append(button(word.value, l10n.t('Open {0} in the memory view', address(word.address)), () => host.postMessage({ kind: 'memory', address: word.address })));
  row.append(marks, at, value, meaning);
  return row;
}

function stack(column: StackColumn, before: Record<string, string>): HTMLElement {
  const made = element('section', `stack${column.live ? ' live' : ''}`, undefined, { 'aria-label': l10n.t('Stack of {0}', column.name) });
  const head = element('h3');
  head.append(element('span', 'name', inWords(column.name)), ` ${l10n.t('stack {0}', bytes(column.hi - column.lo))} `);
  if (column.live) head.append(element('span', 'badge', l10n.t('SP is here')));
  made.append(head, element('div', 'ends', `lo ${address(column.lo)} · stackguard0 ${column.stackguard0}`));
  if (column.problem) made.append(element('p', 'note', inWords(column.problem)));
  let table: HTMLTableElement | undefined, frame: number | undefined = -1;
  column.words.forEach((word, index) => {
    if (!table || word.frame !== frame) {
      frame = word.frame;
      const box = frame === undefined ? undefined : column.frames[frame], holder = element('div', box ? 'frame' : 'loose');
      if (box) {
        const title = button(`${box.inlined ? `${box.inlined.join(' ◂ ')} ◂ ` : ''}${box.name}`, l10n.t('Open {0}', `${box.file}:${box.line}`), () => host.postMessage({ kind: 'open', file: box.file, line: box.line }));
        title.className = 'link';
        const headline = element('div', 'framehead');
        headline.append(title, element('span', 'size', ` ${l10n.t('{0} bytes', box.to - box.from)}${box.note ? ` · ${box.note}` : ''}`));
        holder.append(headline);
      }
      table = element('table');
      holder.append(table);
      made.append(holder);
    }
    table.append(wordRow(column, index, before[word.address] !== undefined && before[word.address] !== word.value));
  });
  made.append(element('div', 'ends', `${column.more === 1 ? l10n.t('1 more word') : column.more > 1 ? l10n.t('{0} more words', column.more) : ''} hi ${address(column.hi)}`));
  return made;
}

const arrowOf = (moves: Move[], field: string): Move | undefined => {
  const own = moves.filter((move) => move.from === `gobuf.${field}` || move.to === `gobuf.${field}`);
  return own.find((move) => move.state === 'next') ?? own.find((move) => move.state === 'later') ?? own.at(-1);
};
function gobuf({ gobuf: found, moves }: StacksPicture): HTMLElement | undefined {
  if (!found) return undefined;
  const made = element('section', 'gobuf'), table = element('table', 'places');
  made.append(element('h3', '', l10n.t('gobuf of {0} and the live registers', inWords(found.name))));
  const head = element('tr');
  for (const text of [`${inWords(found.name)}.sched`, l10n.t('saved'), '', l10n.t('register'), l10n.t('now')]) head.append(element('th', '', text, { scope: 'col' }));
  table.append(head);
  for (const row of found.rows) {
    const line = element('tr', row.same ? 'same' : ''), move = arrowOf(moves, row.field), named = (value: string, text: string): HTMLElement => { const cell = element('td'); const said = inWords(text); cell.append(element('code', '', value), text ? element('span', 'text', ` ${said}`, { title: said }) : ''); return cell; };
    const arrow = element('td', `arrow ${move?.state ?? ''}`, move ? (move.kind === 'load' ? '──▶' : move.kind === 'save' ? '◀──' : '← 0') : row.same ? '=' : '');
    if (move) arrow.title = `${move.from} → ${move.to} · ${address(move.pc)}`;
    line.append(element('th', '', row.field, { scope: 'row' }), named(row.saved, row.savedText), arrow, element('td', 'register', row.register), named(row.live, row.liveText));
    table.append(line);
  }
  made.append(table);
  if (moves.length > 0) {
    const list = element('ol', 'moves', undefined, { 'aria-label': l10n.t('What this code moves') });
    for (const move of moves) {
      const item = element('li', move.state, `${move.from} → ${move.to}`, { title: l10n.t('{0}, line {1}', address(move.pc), move.line) });
      if (move.state === 'next') item.append(element('span', 'badge', l10n.t('next')));
      list.append(item);
    }
    made.append(element('h3', '', l10n.t('What this code moves')), list);
  }
  return made;
}

listen<Message>((message) => {
  content.classList.toggle('running', message.kind === 'running');
  if (message.kind === 'running') return;
  if (message.kind === 'nothing') { content.replaceChildren(empty(l10n.t('When a Go program is stopped, this shows both stacks of its thread word by word, and the gobuf beside the registers.'), step)); return; }
  if (message.kind === 'trouble') { content.replaceChildren(empty(message.text)); return; }
  const { picture, before } = message, columns = element('div', 'columns'), top = window.scrollY;
  const side = gobuf(picture);
  if (side) columns.append(side);
  for (const each of picture.columns) columns.append(stack(each, before));
  content.replaceChildren(element('h2', '', picture.function), ...(picture.elsewhere ? [element('p', 'note', inWords(picture.elsewhere))] : []), columns);
  window.scrollTo(0, top);
  host.postMessage({ kind: 'rendered', text: `${content.innerText}\n${l10n.t('instruction {0}', grouped(picture.moment.instruction))}` });
});
