// Sentences that the debug adapter says, in the user's language: the timeline's causes and marks, the notes about stacks and TLS. No vscode, no DOM.
// Must stay true: one list of them; what is not in it (names of the runtime's own, wait reasons, errors) is shown as the adapter says it.

import { l10n as texts } from '../l10n';

/** `{0}`, `{1}` stand for names, numbers, or another sentence. */
const table = (l10n: { t(message: string): string }): string[] => [
  // Why a goroutine leaves its thread, and what comes after.
  l10n.t('after {0} {1}'), l10n.t('gogo to {0}'), l10n.t('parks: {0}'), l10n.t('parks'), l10n.t('yields (Gosched)'), l10n.t('yields'), l10n.t('is preempted by a signal'), l10n.t('is preempted'), l10n.t('is stopped for preemption'), l10n.t('ends'),
  l10n.t('comes back from a system call without a P'), l10n.t('switches to a coroutine'), l10n.t('recovers from a panic'), l10n.t('calls morestack'), l10n.t('TLS holds g0'),
  l10n.t('takes {0}'), l10n.t('gives up {0}'), l10n.t('{0} is taken by another M'), l10n.t('sleeps ({0})'), l10n.t('wakes'),
  // Marks.
  l10n.t('{0} is made runnable'), l10n.t('the stack of {0} is copied to one of {1} bytes'), l10n.t('sleeps on futex {0}'), l10n.t('wakes {0} on futex {1}'), l10n.t('clone: thread {0}'), l10n.t('thread ends'), l10n.t('exit status {0}'), l10n.t('killed by {0}'),
  // Where the current g is kept, and where SP is.
  l10n.t('not set'), l10n.t('not a g'), l10n.t('no g'), l10n.t('FS has no base yet'), l10n.t('scratch in ABI0 assembly'), l10n.t('the stack that the operating system gave the thread'), l10n.t('no known stack'), l10n.t('nothing is saved in its gobuf'),
  l10n.t('SP {0} is on the stack that the operating system gave the thread'), l10n.t('SP {0} is on no known stack'),
  l10n.t('A switch is under way: TLS holds {0}, R14 holds {1}.'), l10n.t('A switch is under way: TLS holds {0}, SP is still on {1}.'), l10n.t('{0}: stackguard0 holds {1}.'),
  l10n.t('stackPreempt: preemption is asked for, the next prologue calls morestack'), l10n.t('stackFork: a fork goes on, growing the stack would be fatal'),
  l10n.t('The next call in the code: {0}'), l10n.t('{0} needs {1} bytes of stack and does not check (NOSPLIT, or small enough).'), l10n.t('{0} checks its stack: stackguard0 holds {1}, so morestack will be called.'),
  l10n.t('{0} needs {1} bytes of stack: they fit, morestack will not be called.'), l10n.t('{0} needs {1} bytes of stack: SP is at the guard, morestack will be called.'),
  l10n.t('The Go runtime is not initialised yet: rt0_go has not tied m0 and g0.'), l10n.t('The scheduler is not initialised yet: schedinit has not made the Ps.'),
  l10n.t('There is no Go runtime in this program: no goroutines, threads of Go or processors.'), l10n.t('The program has no symbols (built with -ldflags=-s), so the lists of Gs, Ps and sched cannot be found; what the threads run is shown.'),
  // Words of a stack; the ones above come first, where a sentence would fit both.
  l10n.t('planted by newproc: returns into runtime.goexit+1'), l10n.t('return to {0}'), l10n.t("{0}'s stack, {1}"), l10n.t("{0}'s stack"), l10n.t('{0} of M{1}'),
];

const PLACE = /\{(\d)\}/g;
/** A sentence's pattern, and which place each of its groups has. */
const patterns = table({ t: (message) => message }).map((template) => ({
  places: [...template.matchAll(PLACE)].map(([, place]) => Number(place)),
  pattern: new RegExp(`^${template.split(PLACE).map((part, i) => (i % 2 === 1 ? '(.+?)' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))).join('')}$`),
}));
const known = new Map<string, string>();
let local: string[] | undefined;

export function inWords(text: string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  local ??= table(texts);
  let found = text;
  const index = patterns.findIndex(({ pattern }) => pattern.test(text)), own = /^(G\d+) (.+)$/.exec(text);
  if (index >= 0) {
    const { pattern, places } = patterns[index]!, parts = pattern.exec(text)!.slice(1);
    found = local[index]!.replace(PLACE, (_whole, place: string) => inWords(parts[places.indexOf(Number(place))] ?? ''));
  } else if (own && /^\p{Ll}/u.test(own[2]!) && inWords(own[2]!) !== own[2]) found = `${own[1]} ${inWords(own[2]!)}`;
  if (known.size > 10_000) known.clear();
  known.set(text, found);
  return found;
}
