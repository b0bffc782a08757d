// Guided tours in the editor: a tour begins on its own example, its steps move the program forwards and back in time, and the view says what the adapter found.

import assert from 'node:assert';
import * as vscode from 'vscode';
import type { Exports } from '../../../client/src/extension';
import { headOf } from '../../../client/src/tours/library';
import type { ToTourPage } from '../../../client/src/tours/tour-panel';
import { activated, focusedFrame, next, picture, stopDebugging } from './support';

type Step = Extract<ToTourPage, { kind: 'step' }>;

describe('a tour', () => {
  let exports: Exports;
  before(async () => { exports = await activated(); });
  afterEach(() => stopDebugging());

  /** Does something and waits until its step is on show. */
  async function shown(index: number, work: () => unknown): Promise<Step> {
    const arrived = next(exports.tour.onDidShow, (message) => message.kind === 'step' && message.step.index === index, `step ${index + 1}`);
    void work();
    return (await arrived) as Step;
  }
  const start = (tour: string, program: string) => vscode.commands.executeCommand('gobuf.startTour', { tour, program });

  it('goes on and back in time, and shows the place in the editor', async () => {
    const rendered = next(exports.tour.onDidRender, (text) => text.includes('G1 has to wait'), 'the drawn step');
    const first = await shown(0, () => start('switch-out', 'example'));
    assert.strictEqual(first.step.place.function, 'runtime.gopark');
    assert.strictEqual(first.outline.steps.length, first.step.count);
    assert.match(await rendered, /gopark is the one door.*waits for\s+waitReasonChanReceive/s);
    const frame = await focusedFrame();
    assert.ok(frame.session === vscode.debug.activeDebugSession);

    const second = await shown(1, () => vscode.commands.executeCommand('gobuf.tourNext'));
    const third = await shown(2, () => vscode.commands.executeCommand('gobuf.tourNext'));
    assert.deepStrictEqual([second, third].map(({ step }) => step.place.function), ['runtime.mcall', 'runtime.mcall']);
    const saved = third.step.values.find(({ name }) => name === 'sched.pc');
    assert.match(saved?.value ?? '', /^runtime\.gopark\+/);
    assert.ok(saved?.before !== undefined, 'what has changed says what it was');
    await picture('tour');

    const again = await shown(1, () => vscode.commands.executeCommand('gobuf.tourBack'));
    assert.deepStrictEqual(again.step, second.step, 'a step is the same however it was reached');
    assert.strictEqual(exports.sessions.view.moment?.instruction, second.step.place.instruction);
  });

  it('says when the program was moved by hand, and comes back', async () => {
    const first = await shown(0, () => start('two-stacks', 'example'));
    const elsewhere = next(exports.tour.onDidShow, (message) => message.kind === 'step' && message.elsewhere, 'a step that says so');
    await exports.sessions.request('gobuf/goTo', { instruction: first.step.place.instruction + 3 });
    await elsewhere;
    const back = await shown(0, () => exports.tour.go(0));
    assert.strictEqual(back.elsewhere, false);
    assert.strictEqual(exports.sessions.view.moment?.instruction, first.step.place.instruction);
  });

  it('plays on the bundled runtime, without Go', async () => {
    const first = await shown(0, () => start('small-runtime', 'runtime'));
    assert.strictEqual(first.step.place.instruction, 0);
    const steps = first.step.count;
    for (let i = 1; i < steps; i++) {
      const { step } = await shown(i, () => vscode.commands.executeCommand('gobuf.tourNext'));
      assert.strictEqual(step.problem, undefined, step.title);
    }
  });

  it('reads the head of a tour that is not whole, and leaves the judgement to the adapter', async () => {
    assert.strictEqual((await headOf('title: [', 'x.tour.yaml')).title, 'x');
    assert.deepStrictEqual(await headOf('title: A  tour\nstory: 3\nprogram: { runtime: true, env: { A: 1 } }', 'x'), { title: 'A tour', about: '', story: 3, program: { runtime: true, args: [], env: { A: '1' } } });
  });
});
