// What the "TLS & stackguard" page draws, made from what the adapter says. No vscode here: the page only places words and widths.
// Must stay true: widths come from real addresses; where a stack is so large that a part could not be seen, it is said to be cut.

import type { StackGauge, TlsResult } from '../../../debug-adapter/src/dap/protocol';
import { l10n } from '../l10n';
import { inWords } from './engine-words';
import { address, bytes, grouped, milliseconds } from './words';

export interface Line { name: string; value: string; meaning: string; state: 'same' | 'differs' | 'other'; stateText: string; changed: boolean }
/** Parts of a gauge from lo to hi in percent; low addresses are on the left. */
export interface Part { kind: 'guard' | 'free' | 'used'; percent: number; text: string; title: string }
export interface Gauge { name: string; size: string; lo: string; hi: string; parts: Part[]; /** percent from the left */ sp: number; spText: string; live: boolean; words: string; cut: boolean; warning?: string; /** What stackguard0 and stackguard1 hold. */ guards: [name: string, value: string][] }
export interface TlsPicture { title: string; moment: string; lines: Line[]; sp: { value: string; on: string; changed: boolean }; gauges: Gauge[]; notes: string[] }

/** A part narrower than this cannot be seen; it is drawn this wide and the gauge is called cut. */
const LEAST_PERCENT = 7;

export function gaugeOf(stack: StackGauge): Gauge {
  const size = stack.hi - stack.lo;
  // While the guard holds a sentinel the true border is what stackguard1, or the usual distance, says.
  const border = stack.stackguard0Name === undefined && stack.stackguard0 > stack.lo && stack.stackguard0 < stack.hi ? stack.stackguard0 : stack.stackguard1 > stack.lo && stack.stackguard1 < stack.hi ? stack.stackguard1 : stack.lo;
  const sp = stack.sp >= stack.lo && stack.sp <= stack.hi ? stack.sp : stack.hi;
  const guard = border - stack.lo, below = Math.max(0, border - sp), free = Math.max(0, sp - border), used = stack.hi - Math.max(sp, border);
  const usedAll = stack.hi - sp;
  const raw: [Part['kind'], number, string][] = [['guard', guard, l10n.t('guard {0}', bytes(guard))], ['free', free, l10n.t('free {0}', bytes(free))], ['used', used, l10n.t('used {0}', bytes(usedAll))]];
  const shown = raw.filter(([, amount]) => amount > 0);
  const wide = shown.map(([, amount]) => (amount / size) * 100);
  const cut = wide.some((percent) => percent < LEAST_PERCENT);
  const raised = wide.map((percent) => Math.max(percent, LEAST_PERCENT)), total = raised.reduce((sum, percent) => sum + percent, 0);
  const parts = shown.map(([kind, amount, text], index): Part => ({ kind, percent: (raised[index]! / total) * 100, text, title: `${text} (${l10n.t('{0} bytes', grouped(amount))})` }));
  let at = 0;
  for (const part of parts) { if (part.kind === 'used') break; at += part.percent; }
  if (below > 0) at = (parts[0]!.percent * (sp - stack.lo)) / guard;
  // Only go:systemstack code compares with stackguard1: on a goroutine's stack it holds all ones, so that such code would crash there.
  const guard1 = stack.stackguard1 >= 2 ** 48 ? l10n.t('^0 (a goroutine\'s)') : address(stack.stackguard1), guards: Gauge['guards'] = [['stackguard0', stack.stackguard0Name ?? address(stack.stackguard0)], ['stackguard1', guard1]];
  const spWords = `${stack.live ? 'SP' : l10n.t('saved SP')} ${address(stack.sp)}`;
  return {
    name: inWords(stack.name), size: bytes(size), lo: address(stack.lo), hi: address(stack.hi), parts, sp: stack.sp === 0 ? -1 : at, spText: stack.sp === 0 ? l10n.t('no SP saved') : spWords, live: stack.live, cut, guards,
    warning: stack.stackguard0Name ? `stackguard0 = ${stack.stackguard0Name}` : below > 0 ? l10n.t('SP is {0} inside the guard', bytes(below)) : undefined,
    words: l10n.t('{0}: stack of {1} from {2} to {3}, stackguard0 {4}, stackguard1 {5}, {6}, {7} used, {8} free before the guard', stack.name, bytes(size), address(stack.lo), address(stack.hi), guards[0]![1], guard1, spWords, bytes(usedAll), bytes(free)),
  };
}

export function tlsPicture(result: TlsResult, before: TlsResult | undefined): TlsPicture {
  const lines = result.current.map((current): Line => {
    const old = before?.current.find((each) => each.name === current.name);
    const state = current.agrees === true ? 'same' : current.agrees === false ? 'differs' : 'other';
    return { name: current.name, value: address(current.value), meaning: inWords(current.meaning), state, stateText: current.note !== undefined ? inWords(current.note) : (state === 'same' ? (current.name.startsWith('TLS') ? '' : l10n.t('same')) : state === 'differs' ? l10n.t('differs') : ''), changed: before !== undefined && old?.value !== current.value };
  });
  return {
    title: [result.m === undefined ? undefined : `M${result.m}`, l10n.t('thread {0}', result.tid), result.function].filter(Boolean).join(' · '),
    moment: l10n.t('instruction {0} · {1}', grouped(result.moment.instruction), milliseconds(result.moment.virtualTime)),
    lines,
    sp: { value: address(result.sp), on: inWords(result.spOn), changed: before !== undefined && before.spOn !== result.spOn },
    gauges: result.stacks.map(gaugeOf),
    notes: result.notes.map(inWords),
  };
}
