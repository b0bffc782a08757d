// Plays a tour on a debugger: goes to a step's place, evaluates what it shows, says what has changed since it was last shown, and
// goes back by going back in time. Must stay true: a step is shown the same however it was reached; the place of a step is a
// moment of the run, found once; a place that is not reached is named, and the tour goes on from where it was.

import type { Debugger } from '../engine/debugger';
import type { Tour, TourStep } from './format';
import { costLines, runLines } from './cost';
import { TourError } from './parse';
import { Interrupted, moveTo } from './moves';
import type { MoveOptions } from './moves';
import { nameKept, PASSING, TourValues } from './values';
import { choose, holds } from './versions';

export interface ShownValue { name: string; value: string; /** What it was when it was last shown, if that was something else. */ before?: string; /** It cannot be read here. */ failed?: boolean }
/** A block of text: a command's output, or the cost of a switch. */
export interface ShownBlock { title: string; text: string }

/** A step as it is shown. Plain data: it travels to the editor. */
export interface ShownStep {
  /** Of `count` steps, from 0. */
  index: number;
  count: number;
  title: string;
  text: string;
  /** Why the place was not reached; then the values are those of the place before. */
  problem?: string;
  place: { function: string; file: string; line: number; pc: number; instruction: number; virtualTime: number };
  values: ShownValue[];
  blocks: ShownBlock[];
  /** The program has ended: exit status and why. */
  ended?: string;
}

/** What the steps before left: where they are in time, and what was kept. */
interface Visit { moment: number; event: string | undefined; kept: ReadonlyMap<string, string>; values: ReadonlyMap<string, string>; problem: string | undefined; ended: string | undefined }

export interface TourHost {
  /** A command of the terminal; its output. */
  command(line: string): Promise<string>;
}

export class TourPlayer {
  /** Those for this program. */
  readonly steps: readonly TourStep[];
  private readonly visits: Visit[] = [];
  private readonly values: TourValues;
  /** The step that is shown; -1 before the first. */
  at = -1;

  constructor(private readonly debug: Debugger, readonly tour: Tour, private readonly host: TourHost) {
    this.steps = tour.steps.filter((step) => holds(step.go, debug.binary) && choose(step.text, debug.binary) !== undefined);
    if (this.steps.length === 0) throw new TourError(`${tour.file}: none of the tour's steps is for this program.`);
    this.values = new TourValues(debug);
  }

  /** Shows a step; those before it are visited on the way. Throws `Interrupted` where a person or the program stopped it. */
  async go(index: number, options: MoveOptions = {}): Promise<ShownStep> {
    if (!(index >= 0 && index < this.steps.length)) throw new Error(`the tour has ${this.steps.length} steps for this program`);
    // What was visited is a moment; a program that was left somewhere else comes back there first.
    const last = Math.min(index, this.visits.length - 1);
    if (last >= 0) await this.goTo(this.visits[last]!, options);
    for (let i = last + 1; i <= index; i++) await this.visit(i, options);
    const shown = await this.show(index);
    this.at = index;
    return shown;
  }

  private async goTo(visit: Visit, options: MoveOptions): Promise<void> {
    if (this.debug.machine?.instruction !== visit.moment || (visit.ended === undefined) !== (this.debug.machine.ended === undefined)) {
      const stop = await this.debug.goTo(visit.moment, options);
      if (stop.reason === 'pause') throw new Interrupted('the movement was stopped');
    }
  }

  private async visit(index: number, options: MoveOptions): Promise<void> {
    const step = this.steps[index]!, { debug } = this, before = this.visits[index - 1];
    const kept = new Map(before?.kept);
    const start = debug.machine?.instruction ?? 0;
    let problem: string | undefined;
    try {
      for (const move of step.moves) {
        await moveTo(debug, this.values, move, kept, options);
      }
      for (const [name, expression] of step.keep) kept.set(name, this.values.text(expression, kept).replace(/^"(.*)"$/s, '$1').replace(/ <.*>$/, ''));
    } catch (error) {
      if (error instanceof Interrupted) { await debug.goTo(start); throw error; }
      problem = `${step.where}: ${sentence(error)}`;
      if (before?.ended === undefined || !debug.machine?.ended) await debug.goTo(start, options);
    }
    const { stop } = debug, ended = debug.machine?.ended && stop && (stop.reason === 'exited' ? `exit status ${stop.exitCode ?? 0}` : stop.description);
    this.visits[index] = { moment: debug.machine?.instruction ?? 0, event: stop?.reason === 'event' ? stop.description : undefined, kept, values: new Map(before?.values), problem, ended };
  }

  private async show(index: number): Promise<ShownStep> {
    const step = this.steps[index]!, visit = this.visits[index]!, { debug } = this, earlier = this.visits[index - 1]?.values ?? new Map<string, string>();
    const now = new Map(earlier), values: ShownValue[] = [], blocks: ShownBlock[] = [];
    const kept = new Map(visit.kept);
    for (const show of step.show) {
      if (!holds(show.go, debug.binary)) continue;
      if (show.kind !== 'value') { blocks.push(await this.block(show.kind === 'run' ? show.command : show.of, show.kind)); continue; }
      try {
        const value = this.values.shown(show.expression, show.form, kept), before = earlier.get(show.name);
        now.set(show.name, value);
        values.push({ name: nameKept(show.name, kept), value, ...(before !== undefined && before !== value && !PASSING.has(show.expression) ? { before } : {}) });
      } catch (error) { values.push({ name: nameKept(show.name, kept), value: sentence(error), failed: true }); }
    }
    this.visits[index] = { ...visit, values: now };
    return {
      index, count: this.steps.length, title: step.title, text: this.text(choose(step.text, debug.binary) ?? '', visit), values, blocks,
      place: this.place(),
      ...(visit.problem === undefined ? {} : { problem: visit.problem }), ...(visit.ended ? { ended: visit.ended } : {}),
    };
  }

  /** Where the program stands, as a person would say: not in the atomic operation that the compiler has put there. */
  private place(): ShownStep['place'] {
    const { debug } = this, { stop } = debug;
    const when = { pc: stop?.pc ?? 0, instruction: stop?.instruction ?? 0, virtualTime: stop?.virtualTime ?? 0 };
    const frame = stop && debug.machine?.ended === undefined ? debug.stack(undefined, { levels: 4 }).frames.find(({ function: name }) => !/(^|\/)atomic\./.test(name)) : undefined;
    return { function: frame?.function ?? '', file: frame?.file ? debug.localPath(frame.file) : '', line: frame?.line ?? 0, ...when };
  }

  private text(text: string, visit: Visit): string {
    // The stop of an event describes it; a visit that comes back by time has another.
    const { event } = visit;
    // At the beginning of a text it begins a sentence.
    const told = event === undefined ? text : text.replace(/^\{event\}/, () => event.charAt(0).toUpperCase() + event.slice(1)).replaceAll('{event}', event);
    if (visit.problem !== undefined) return told.replace(/\{[^{}]+\}/g, '…');
    return told.split(/(\{\{|\{[^{}]+\})/).map((part) => { try { return this.values.fill(part, visit.kept); } catch (error) { return `(${part}: ${sentence(error)})`; } }).join('');
  }

  private async block(what: string, kind: 'run' | 'cost'): Promise<ShownBlock> {
    if (kind === 'run') return { title: what, text: (await this.host.command(what)).trimEnd() };
    const title = what === 'switch' ? 'this switch, counted' : 'all switches of this run';
    try { return { title, text: what === 'switch' ? await costLines(this.debug) : await runLines(this.debug) }; } catch (error) { return { title, text: sentence(error) }; }
  }
}

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
