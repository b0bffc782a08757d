// The page of the switch timeline: a canvas with a lane for each M, P and G, drawn from the rows that the extension sends.
// Must stay true: a frame draws at most some spans a pixel; everything that the mouse can do the keyboard can; colours are the theme's.

import type { LanesResult, Moment } from '../../../debug-adapter/src/dap/protocol';
import { l10n } from '../l10n';
import { GLYPHS, KINDS, TimelineData, ticks, zoomed } from '../views/timeline-model';
import type { LaneView, Range } from '../views/timeline-model';
import { grouped, milliseconds } from '../views/words';
import { button, color, content, element, empty, forgetColors, host, listen, step } from './page';

/** `file`: the rows are of a trace, with no program to move; `going`: more of them are on their way. */
type Message = { kind: 'rows'; result: LanesResult; file?: string; going: boolean } | { kind: 'running' } | { kind: 'nothing' } | { kind: 'trouble'; text: string };

const ROW = 24, HEAD = 22, LEFT = 168;
const PALETTE = ['charts-blue', 'charts-green', 'symbolIcon-classForeground', 'charts-purple', 'charts-red', 'charts-yellow', 'terminal-ansiCyan', 'terminal-ansiMagenta'];
const data = new TimelineData();
let views: LaneView[] = [], moment: Moment | undefined, range: Range = { from: 0, to: 1000 }, touched = false;
let chosen: { lane: number; row: number } | undefined, hits: number[] = [], measure: { from: number; to: number } | undefined;
let drawn = false, going = false, file: string | undefined;

const bar = element('div', 'bar', undefined, { role: 'toolbar', 'aria-label': l10n.t('Timeline') });
const search = element('input', 'search', undefined, { type: 'search', placeholder: l10n.t('Search: G7, chan send, futex, main.…'), 'aria-label': l10n.t('Search the timeline') });
const state = element('span', 'state'), scroller = element('div', 'scroller'), spacer = element('div', 'spacer'), canvas = element('canvas', '', undefined, { tabindex: '0', role: 'application', 'aria-label': l10n.t('Timeline: arrows choose a stretch, Enter goes to its moment, plus and minus zoom, Home shows everything') });
const nowButton = button(l10n.t('Here'), l10n.t('Show the present moment'), here), ways = [button('⇤', l10n.t('Go back to the last switch'), () => toSwitch(true)), button('⇥', l10n.t('Go to the next switch'), () => toSwitch(false))];
const tip = element('div', 'tip', undefined, { role: 'tooltip' }), spoken = element('div', 'hidden', undefined, { 'aria-live': 'polite' });
bar.append(
  search,
  button('−', l10n.t('Zoom out'), () => zoom(2)), button('+', l10n.t('Zoom in'), () => zoom(0.5)), button(l10n.t('All'), l10n.t('Show the whole run'), fit), nowButton, ...ways,
  button('SVG', l10n.t('Export what is shown as SVG'), () => host.postMessage({ kind: 'export', format: 'svg', range })), button('Mermaid', l10n.t('Export the switches shown as a Mermaid diagram'), () => host.postMessage({ kind: 'export', format: 'mermaid', range })),
  state,
);
scroller.append(canvas, spacer);

const width = (): number => Math.max(50, scroller.clientWidth - LEFT - 4);
const xOf = (instruction: number): number => LEFT + ((instruction - range.from) / (range.to - range.from)) * width();
const instructionAt = (x: number): number => range.from + ((x - LEFT) / width()) * (range.to - range.from);

function fit(): void { touched = false; const span = Math.max(100, data.until); range = { from: -span * 0.01, to: span * 1.01 }; request(); }
function here(): void {
  if (!moment) return;
  const span = Math.min(range.to - range.from, Math.max(2000, data.until / 20));
  touched = true;
  range = { from: moment.instruction - span / 2, to: moment.instruction + span / 2 };
  request();
}
function zoom(factor: number, at = chosen ? data.segments.start[chosen.row]! : moment?.instruction ?? (range.from + range.to) / 2): void {
  touched = true;
  range = zoomed(range, at < range.from || at > range.to ? (range.from + range.to) / 2 : at, factor, data.until);
  request();
}
/** In a trace there is no program that could go there: what is shown does. */
function toSwitch(back: boolean): void {
  const from = file === undefined ? moment?.instruction : chosen ? data.segments.start[chosen.row]! : (range.from + range.to) / 2, at = from === undefined ? undefined : data.switchFrom(from, back);
  if (at === undefined) return;
  if (file === undefined) go(at); else chooseAt(at);
}
function chooseAt(instruction: number): void {
  const lane = views.findIndex((view) => view.kind === 'g' && data.rowAt(view, instruction) !== undefined && data.segments.start[data.rowAt(view, instruction)!] === instruction);
  if (lane >= 0) choose(lane, data.rowAt(views[lane]!, instruction));
}
function go(instruction: number): void { if (file === undefined) host.postMessage({ kind: 'goTo', instruction: Math.max(0, Math.min(Math.round(instruction), data.until)) }); }

let asked = false;
function request(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => { asked = false; draw(); });
}

/** Of numbers in order: the first that is not below one. */
function firstFrom(sorted: readonly number[], value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) { const middle = (low + high) >> 1; if (sorted[middle]! >= value) high = middle; else low = middle + 1; }
  return low;
}
function colorOf(who: number): string { return who > 0 ? color(PALETTE[who % PALETTE.length]!, 'charts-blue') : who === 0 ? color('descriptionForeground') : color('disabledForeground', 'descriptionForeground'); }

function draw(): void {
  const ratio = window.devicePixelRatio || 1, w = scroller.clientWidth, h = scroller.clientHeight, context = canvas.getContext('2d')!;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) { canvas.width = Math.round(w * ratio); canvas.height = Math.round(h * ratio); canvas.style.width = `${w}px`; canvas.style.height = `${h}px`; }
  spacer.style.height = `${Math.max(0, HEAD + views.length * ROW + 8 - h)}px`;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, w, h);
  const foreground = color('foreground'), dim = color('descriptionForeground'), line = color('editorIndentGuide-background1', 'panel-border'), contrast = document.body.classList.contains('vscode-high-contrast') || document.body.classList.contains('vscode-high-contrast-light');
  context.font = `11px ${color('font-family') || 'sans-serif'}`;
  context.textBaseline = 'middle';
  const first = Math.floor(scroller.scrollTop / ROW), offset = HEAD - scroller.scrollTop;
  for (const at of ticks(range, width())) {
    const x = Math.round(xOf(at)) + 0.5;
    context.strokeStyle = line;
    context.globalAlpha = 0.6;
    context.beginPath(); context.moveTo(x, HEAD); context.lineTo(x, h); context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = dim;
    if (x + 3 + context.measureText(grouped(at)).width <= w) context.fillText(grouped(at), x + 3, HEAD / 2);
  }
  context.save();
  context.beginPath(); context.rect(0, HEAD, w, h - HEAD); context.clip();
  const s = data.segments;
  for (let i = first; i < views.length && offset + i * ROW < h; i++) {
    const view = views[i]!, y = offset + i * ROW;
    if (i > 0 && views[i - 1]!.kind !== view.kind) { context.strokeStyle = line; context.beginPath(); context.moveTo(0, y + 0.5); context.lineTo(w, y + 0.5); context.stroke(); }
    context.save();
    context.beginPath(); context.rect(0, y, LEFT - 6, ROW); context.clip();
    context.fillStyle = foreground;
    context.fillText(view.label, 6, y + ROW / 2);
    context.restore();
    context.save();
    context.beginPath(); context.rect(LEFT, y, w - LEFT, ROW); context.clip();
    for (const span of data.spans(view, range, width())) {
      const who = s.who[span.row]!, asleep = s.asleep[span.row] === 1, x = LEFT + span.x, wide = Math.max(1, span.width - (span.width > 3 ? 1 : 0));
      context.fillStyle = colorOf(who);
      context.globalAlpha = asleep ? 0.45 : who > 0 ? (span.dense ? 0.7 : 0.9) : span.dense ? 0.3 : 0.4;
      context.fillRect(x, asleep ? y + ROW / 2 + 2 : y + 7, wide, asleep ? 2 : ROW - 9);
      context.globalAlpha = 1;
      if (contrast && span.width > 3 && !asleep) { context.strokeStyle = color('contrastBorder'); context.strokeRect(x + 0.5, y + 7.5, wide - 1, ROW - 10); }
      if (span.width > 18 && !asleep) {
        const text = view.kind === 'g' ? data.laneName(s.lane[span.row]!) : who > 0 ? `G${who}` : who === 0 ? 'g0' : '';
        context.fillStyle = who > 0 ? color('editor-background') : foreground;
        if (context.measureText(text).width + 6 <= span.width) context.fillText(text, x + 4, y + ROW / 2 + 2.5);
      }
      if (chosen?.row === span.row && chosen.lane === i) { context.strokeStyle = color('focusBorder'); context.lineWidth = 2; context.strokeRect(x, y + 5, Math.max(3, wide), ROW - 6); context.lineWidth = 1; }
    }
    const marks = data.marksIn(view, range, width());
    for (const [index, { mark, x, more }] of marks.entries()) {
      const kind = KINDS[data.marks.kind[mark]!]!;
      context.fillStyle = kind === 'gc' || kind === 'signal' ? color('charts-red', 'errorForeground') : kind === 'milestone' || kind === 'end' ? foreground : dim;
      context.font = '9px sans-serif';
      context.fillText(GLYPHS[kind], LEFT + x - 3, y + 5);
      const name = kind === 'milestone' && more === 0 ? (data.strings[data.marks.text[mark]!] ?? '').replace('runtime.', '') : '';
      // Only where the next mark leaves room for it.
      if (name && context.measureText(name).width + 12 <= (marks[index + 1]?.x ?? width()) - x) { context.globalAlpha = 0.8; context.fillText(name, LEFT + x + 6, y + 5, 60); context.globalAlpha = 1; }
      context.font = `11px ${color('font-family') || 'sans-serif'}`;
    }
    context.restore();
  }
  context.restore();
  context.fillStyle = color('editor-findMatchHighlightBackground', 'charts-yellow');
  for (let i = firstFrom(hits, range.from), last = -9; i < hits.length && hits[i]! <= range.to; i++) { const x = Math.round(xOf(hits[i]!)); if (x > last + 1) context.fillRect(last = x - 1, HEAD - 4, 3, 4); }
  if (measure) {
    const [a, b] = [Math.min(measure.from, measure.to), Math.max(measure.from, measure.to)];
    context.fillStyle = color('editor-selectionBackground');
    context.globalAlpha = 0.5;
    context.fillRect(xOf(a), HEAD, xOf(b) - xOf(a), h - HEAD);
    context.globalAlpha = 1;
    context.fillStyle = foreground;
    context.fillText(l10n.t('{0} instructions', grouped(Math.round(b - a))), Math.max(LEFT, xOf(a) + 4), HEAD + 8);
  }
  if (moment && moment.instruction >= range.from && moment.instruction <= range.to) {
    const x = Math.round(xOf(moment.instruction)) + 0.5;
    context.strokeStyle = context.fillStyle = color('charts-red', 'focusBorder');
    context.beginPath(); context.moveTo(x, 0); context.lineTo(x, h); context.stroke();
    context.beginPath(); context.moveTo(x - 5, HEAD); context.lineTo(x + 5, HEAD); context.lineTo(x, HEAD + 7); context.fill();
  }
}

function said(): string {
  const rows = views.reduce((sum, view) => sum + (view.kind === 'm' ? view.rows.length : 0), 0);
  return `${file !== undefined ? file : moment ? l10n.t('you are here: instruction {0} · {1}', grouped(moment.instruction), milliseconds(moment.virtualTime)) : ''} · ${l10n.t('{0} stretches, {1} marks', grouped(rows), grouped(data.marks.at.length))}${going ? ` · ${l10n.t('more are coming…')}` : data.complete ? '' : ` · ${l10n.t('the rest was not collected: too many')}`}`;
}

function laneAt(y: number): number { return y < HEAD ? -1 : Math.floor((y - HEAD + scroller.scrollTop) / ROW); }
function under(x: number, y: number): { lane: number; row?: number; mark?: number } | undefined {
  const lane = laneAt(y), view = views[lane];
  if (!view || x < LEFT) return undefined;
  const marks = data.marksIn(view, range, width()), mark = (y - HEAD + scroller.scrollTop) % ROW < 9 ? marks.find((each) => Math.abs(LEFT + each.x - x) < 5) : undefined;
  return { lane, row: data.rowAt(view, instructionAt(x)), mark: mark?.mark };
}
function hover(x: number, y: number): void {
  const found = under(x, y), lines = found?.mark !== undefined ? data.describeMark(found.mark) : found?.row !== undefined ? data.describe(found.row) : undefined;
  if (!lines) { tip.style.display = 'none'; return; }
  tip.replaceChildren(...lines.map((text, i) => element('div', i === 0 ? 'first' : '', text)), ...(file === undefined ? [element('div', 'hint', l10n.t('click: the program goes there'))] : []));
  tip.style.display = 'block';
  const box = tip.getBoundingClientRect();
  tip.style.left = `${Math.min(x + 12, scroller.clientWidth - box.width - 8)}px`;
  tip.style.top = `${y + bar.offsetHeight + 14 + box.height > window.innerHeight ? y + bar.offsetHeight - box.height - 6 : y + bar.offsetHeight + 14}px`;
}

let drag: { x: number; from: Range; moved: boolean; measuring: boolean } | undefined;
canvas.addEventListener('pointerdown', (event) => {
  canvas.setPointerCapture(event.pointerId);
  drag = { x: event.offsetX, from: range, moved: false, measuring: event.shiftKey };
  if (event.shiftKey) measure = { from: instructionAt(event.offsetX), to: instructionAt(event.offsetX) };
});
canvas.addEventListener('pointermove', (event) => {
  if (!drag) { hover(event.offsetX, event.offsetY); return; }
  if (Math.abs(event.offsetX - drag.x) > 3) drag.moved = true;
  if (!drag.moved) return;
  tip.style.display = 'none';
  if (drag.measuring && measure) measure.to = instructionAt(event.offsetX);
  else { const by = ((event.offsetX - drag.x) / width()) * (drag.from.to - drag.from.from); touched = true; range = { from: drag.from.from - by, to: drag.from.to - by }; }
  request();
});
canvas.addEventListener('pointerup', (event) => {
  const clicked = drag && !drag.moved;
  if (clicked) {
    measure = undefined;
    const found = under(event.offsetX, event.offsetY);
    if (found?.row !== undefined) { chosen = { lane: found.lane, row: found.row }; spoken.textContent = data.describe(found.row).join('. '); }
    if (event.offsetX >= LEFT) go(found?.mark !== undefined ? data.marks.at[found.mark]! : instructionAt(event.offsetX));
    request();
  }
  drag = undefined;
});
canvas.addEventListener('pointerleave', () => { tip.style.display = 'none'; });
canvas.addEventListener('wheel', (event) => {
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) { const by = ((event.deltaX || event.deltaY) / width()) * (range.to - range.from); touched = true; range = { from: range.from + by, to: range.to + by }; } else if (event.ctrlKey || event.metaKey || scroller.scrollHeight <= scroller.clientHeight + 1) { touched = true; range = zoomed(range, instructionAt(event.offsetX), 1.0015 ** event.deltaY, data.until); } else return;
  event.preventDefault();
  request();
}, { passive: false });
scroller.addEventListener('scroll', request);

function choose(lane: number, row: number | undefined): void {
  if (row === undefined) return;
  chosen = { lane, row };
  const { start, end } = data.segments;
  if (end[row]! < range.from || start[row]! > range.to) { const span = range.to - range.from; touched = true; range = { from: start[row]! - span / 3, to: start[row]! + (span * 2) / 3 }; }
  if (lane * ROW < scroller.scrollTop) scroller.scrollTop = lane * ROW;
  if (HEAD + (lane + 1) * ROW > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = HEAD + (lane + 1) * ROW - scroller.clientHeight;
  spoken.textContent = data.describe(row).join('. ');
  request();
}
canvas.addEventListener('keydown', (event) => {
  const lane = chosen?.lane ?? 0, view = views[lane], index = view && chosen ? view.rows.indexOf(chosen.row) : -1;
  switch (event.key) {
    case 'ArrowRight': choose(lane, view?.rows[Math.min(view.rows.length - 1, index + 1)]); break;
    case 'ArrowLeft': choose(lane, view?.rows[Math.max(0, index - 1)]); break;
    case 'ArrowUp': case 'ArrowDown': {
      const to = Math.max(0, Math.min(views.length - 1, lane + (event.key === 'ArrowUp' ? -1 : 1))), other = views[to], at = chosen ? data.segments.start[chosen.row]! : moment?.instruction ?? 0;
      if (other) choose(to, data.rowAt(other, at) ?? other.rows.find((row) => data.segments.start[row]! >= at) ?? other.rows.at(-1));
      break;
    }
    case 'Enter': case ' ': if (chosen) go(data.segments.start[chosen.row]!); break;
    case '+': case '=': zoom(0.5); break;
    case '-': zoom(2); break;
    case 'Home': fit(); break;
    case 'End': here(); break;
    case ']': toSwitch(false); break;
    case '[': toSwitch(true); break;
    case 'Escape': measure = chosen = undefined; request(); break;
    default: return;
  }
  event.preventDefault();
});
search.addEventListener('input', () => { hits = data.search(search.value); state.textContent = search.value.trim() === '' ? said() : l10n.t('{0} places', grouped(hits.length)); request(); });
search.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || hits.length === 0) return;
  const middle = (range.from + range.to) / 2, at = event.shiftKey ? [...hits].reverse().find((each) => each < middle - 1) ?? hits.at(-1)! : hits.find((each) => each > middle + 1) ?? hits[0]!;
  const span = Math.min(range.to - range.from, Math.max(2000, data.until / 20));
  touched = true;
  range = { from: at - span / 2, to: at + span / 2 };
  request();
});
new ResizeObserver(request).observe(scroller);
new MutationObserver(() => { forgetColors(); request(); }).observe(document.body, { attributes: true, attributeFilter: ['class'] });

function show(): void {
  if (!drawn) { content.replaceChildren(bar, scroller, tip, spoken); drawn = true; }
}
listen<Message>((message) => {
  content.classList.toggle('running', message.kind === 'running');
  switch (message.kind) {
    case 'running': return;
    case 'nothing': drawn = false; moment = file = undefined; touched = going = false; content.replaceChildren(empty(l10n.t('When a Go program is stopped, this shows which goroutine had which thread when, and why that changed.'), step)); return;
    case 'trouble': drawn = false; content.replaceChildren(empty(message.text)); host.postMessage({ kind: 'rendered', text: message.text }); return;
    case 'rows': {
      show();
      const end = data.until;
      data.take(message.result);
      views = data.views();
      ({ going, file } = message);
      moment = file === undefined ? message.result.moment : undefined;
      nowButton.hidden = file !== undefined;
      if (!touched || end === 0) fit();
      // The moment stays in sight while one steps.
      else if (moment && (moment.instruction < range.from || moment.instruction > range.to)) { const span = range.to - range.from; range = { from: moment.instruction - span * 0.6, to: moment.instruction + span * 0.4 }; }
      state.textContent = said();
      draw();
      host.postMessage({ kind: 'rendered', text: `${views.map(({ label }) => label).join('\n')}\n${said()}` });
    }
  }
});
