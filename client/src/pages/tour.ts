// The page "Tour": the step's text, its values, its blocks of text and the buttons that lead on and back.
// Must stay true: everything can be reached by keyboard; nothing can be asked for while the program moves.

import type { ShownStep, TourOutline } from '../../../debug-adapter/src/dap/protocol';
import { l10n } from '../l10n';
import type { ToTourPage } from '../tours/tour-panel';
import { grouped } from '../views/words';
import { button, content, element, empty, host, listen } from './page';

function way(text: string, title: string, message: object, disabled: boolean, primary = false): HTMLButtonElement {
  const made = button(text, title, () => host.postMessage(message));
  if (primary) made.className = 'primary';
  made.disabled = disabled;
  return made;
}

function steps(outline: TourOutline, at: number): HTMLElement {
  const made = element('select', '', undefined, { 'aria-label': l10n.t('Steps of the tour') });
  outline.steps.forEach((title, index) => {
    const option = element('option', '', `${index + 1}  ${title}`, { value: String(index) });
    option.selected = index === at;
    made.append(option);
  });
  made.addEventListener('change', () => host.postMessage({ kind: 'go', index: Number(made.value) }));
  return made;
}

function values(step: ShownStep): HTMLElement {
  const made = element('table', 'values'), body = element('tbody');
  for (const each of step.values) {
    const row = element('tr'), cell = element('td');
    cell.append(element('code', each.failed ? 'failed' : each.before === undefined ? '' : 'changed', each.value));
    if (each.before !== undefined) cell.append(element('div', 'before', l10n.t('was {0}', each.before)));
    row.append(element('th', '', each.name, { scope: 'row' }), cell);
    body.append(row);
  }
  made.append(element('caption', 'hidden', l10n.t('Values at this step')), body);
  return made;
}

function draw({ outline, step, elsewhere }: Extract<ToTourPage, { kind: 'step' }>): void {
  const place = button(step.ended ?? `${step.place.function}${step.place.line ? `:${step.place.line}` : ''}`, step.place.file ? `${step.place.file}:${step.place.line}` : '', () => host.postMessage({ kind: 'place' }));
  place.className = 'place';
  place.removeAttribute('aria-label');
  place.disabled = !step.place.file;
  const where = element('div', 'where'), ways = element('nav');
  where.append(place, element('span', '', ` · ${l10n.t('instruction {0}', grouped(step.place.instruction))}`));
  ways.append(
    way(l10n.t('← Back'), l10n.t('Back in time to the step before'), { kind: 'go', index: step.index - 1 }, step.index === 0),
    way(l10n.t('Next →'), l10n.t('On to the next step'), { kind: 'go', index: step.index + 1 }, step.index + 1 >= step.count, true),
    element('span', 'count', `${step.index + 1} / ${step.count}`),
    way(l10n.t('End'), l10n.t('End the tour; the program stays where it is'), { kind: 'end' }, false),
  );
  const parts: HTMLElement[] = [element('div', 'tour', outline.title), steps(outline, step.index), element('h2', '', step.title), where];
  if (elsewhere) {
    const note = element('p', 'note', `${l10n.t('The program has been moved since.')} `);
    note.append(way(l10n.t('To this step again'), l10n.t('Goes to the moment of this step'), { kind: 'go', index: step.index }, false));
    parts.push(note);
  }
  if (step.problem !== undefined) parts.push(element('p', 'problem', l10n.t('Not reached: {0}', step.problem)));
  for (const paragraph of step.text.split('\n\n')) parts.push(element('p', 'text', paragraph));
  if (step.values.length > 0) parts.push(values(step));
  for (const block of step.blocks) {
    const details = element('details', '', undefined, { open: '' });
    details.append(element('summary', '', block.title), element('pre', '', block.text, { tabindex: '0' }));
    parts.push(details);
  }
  content.replaceChildren(...parts, ways);
  host.postMessage({ kind: 'rendered', text: content.innerText });
}

listen<ToTourPage>((message) => {
  content.classList.toggle('moving', message.kind === 'moving');
  if (message.kind === 'nothing') content.replaceChildren(empty(l10n.t('No tour is going on. The command "gobuf: Start a Tour…" begins one.')));
  else if (message.kind === 'moving') content.querySelectorAll('button, select').forEach((each) => each.setAttribute('disabled', ''));
  else draw(message);
});
