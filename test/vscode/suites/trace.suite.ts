// Long timelines: a trace file of a million events, and a live run of a hundred thousand rows (a million with GOBUF_WHOLE=1), in pieces and smoothly;
// what is no trace is said in a sentence. Times are noted among the results, never asserted.

import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { KINDS, TimelineData } from '../../../client/src/views/timeline-model';
import { TraceReader } from '../../../client/src/views/trace-file';
import { activated, binary, built, inThemes, next, note, pannedTimeline, Program, stopDebugging, workspace } from './support';

const WHOLE = process.env['GOBUF_WHOLE'] === '1', FRAMES = 40;
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

describe('a long timeline', () => {
  const folder = path.join(workspace, 'traces');
  before(async () => { await activated(); fs.mkdirSync(folder, { recursive: true }); });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const file = (name: string, text: string): vscode.Uri => { fs.writeFileSync(path.join(folder, name), text); return vscode.Uri.file(path.join(folder, name)); };
  /** Opens a file by the command; the page's text that is wanted. */
  async function opened(uri: vscode.Uri, wanted: (text: string) => boolean): Promise<string> {
    const { traces } = await activated(), drawn = next(traces.onDidRender, wanted, 'the timeline of the trace');
    await vscode.commands.executeCommand('gobuf.openTrace', uri);
    return drawn;
  }

  it('what `gobuf trace --json` writes opens by its name, and says what the program did', async function () {
    if (!fs.existsSync(binary)) { this.skip(); return; } // no Go here
    const gobuf = path.join(vscode.extensions.getExtension('gobuf.gobuf')!.extensionPath, 'dist', 'gobuf.js'), { traces } = await activated();
    const uri = file('switch.gobuf-trace', execFileSync(process.execPath, [gobuf, 'trace', '--json', binary], { encoding: 'utf8' }));
    const drawn = next(traces.onDidRender, (text) => !text.includes('coming'), 'the timeline of the trace');
    await vscode.commands.executeCommand('vscode.open', uri);
    const text = await drawn;
    for (const words of [/^M0$/m, /^P0$/m, /^G1 runtime\.main$/m, /^G18 main\.main\.gowrap1$/m, /switch\.gobuf-trace · \d+ stretches, \d+ marks$/]) assert.match(text, words);
    await inThemes('trace');
  });

  it('a trace has the stretches, sleeps and marks of the live timeline of the same run', async function () {
    if (!fs.existsSync(binary)) { this.skip(); return; }
    const gobuf = await activated(), program = new Program(gobuf), reader = new TraceReader(), trace = new TimelineData();
    const command = path.join(vscode.extensions.getExtension('gobuf.gobuf')!.extensionPath, 'dist', 'gobuf.js');
    for (const line of execFileSync(process.execPath, [command, 'trace', '--json', '--goamd64', 'v3', binary], { cwd: path.dirname(binary), env: {}, encoding: 'utf8' }).split('\n')) reader.line(line);
    trace.take(reader.take());
    try {
      await program.start([], { stopOnExit: true });
      // A page that has just been loaded draws what was on its way to it, and then all again: this side has nothing in between.
      const whole = next(gobuf.timeline.onDidRender, (text) => /M0/.test(text) && !text.includes('coming') && gobuf.timeline.data.closed > 0, 'the timeline');
      await vscode.commands.executeCommand('gobuf.timeline.focus');
      await whole;
      const live = gobuf.timeline.data;
      const rows = ({ lanes, strings, segments: s }: TimelineData): string[] => s.start.map((start, i) => `${lanes[s.lane[i]!]!.tid} ${lanes[s.lane[i]!]!.m} ${String(start).padStart(9)}-${s.end[i]} who ${s.who[i]} P${s.p[i]} ${s.asleep[i] ? 'asleep' : ''} ${strings[s.begun[i]!]} | ${strings[s.ended[i]!]}`).sort();
      const marks = ({ lanes, strings, marks: m }: TimelineData): string[] => m.at.flatMap((at, i) => (KINDS[m.kind[i]!] === 'milestone' ? [] : [`${lanes[m.lane[i]!]!.tid} ${at} ${m.time[i]} ${KINDS[m.kind[i]!]} G${m.goid[i]} ${strings[m.text[i]!]}`])).sort();
      assert.deepStrictEqual(marks(trace), marks(live));
      assert.deepStrictEqual(rows(trace), rows(live));
      assert.ok(new Set(live.marks.kind).size > 6 && live.segments.asleep.includes(1));
      // What a hover says of a switch's cost, too.
      const costs = (data: TimelineData): string[] => data.segments.start.flatMap((start, row) => { const cost = data.cost(row); return cost ? [`${start} ${cost.from} ${cost.instructions}`] : []; }).sort();
      assert.deepStrictEqual(costs(trace), costs(live));
    } finally {
      await stopDebugging();
      program.dispose();
    }
  });

  it('a trace of a million events is there in pieces, and stays smooth', async () => {
    const lines: string[] = [], MILLION = 1_000_000, tids = [1000, 1001, 1002, 1003];
    const running = tids.map(() => 0);
    for (let i = 0, instruction = 0; i < MILLION; i++) {
      const lane = (i * 7) % 4, goroutine = 1 + ((i * 31) % 60), from = running[lane]!, left = instruction + 400;
      instruction += 865;
      lines.push(`{"instruction":${instruction},"time":${instruction},"event":"switch","tid":${tids[lane]},"goroutine":${goroutine},"from":${from}${from ? `,"cost":465,"by":"runtime.mcall","left":${left},"leftTime":${left}` : ''},"function":"main.worker"}`);
      running[lane] = goroutine;
    }
    const uri = file('million.jsonl', `${lines.join('\n')}\n`), began = performance.now(), { traces } = await activated();
    const first = next(traces.onDidRender, (text) => text.includes('million.jsonl'), 'the first picture').then((text) => { note(`a trace of a million events: the first picture after ${seconds(began)}`); return text; });
    const text = await opened(uri, (shown) => /million\.jsonl ·/.test(shown) && !shown.includes('coming'));
    assert.match(await first, /more are coming…$/);
    note(`all of it after ${seconds(began)}`);
    assert.match(text, /1\u202f999\u202f99\d stretches, 0 marks$/);
    assert.strictEqual(text.split('\n').filter((label) => /^G\d+ main\.worker$/.test(label)).length, 60);
    note(await pannedTimeline(FRAMES));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(uri.fsPath);
  });

  for (const [name, text, message] of [
    ['empty.jsonl', '', 'it holds no events'], ['text.jsonl', 'no trace\n', 'line 1 is not an event of `gobuf trace --json`: it is no JSON object'],
    ['go.jsonl', 'go 1.26 trace\0\0\0\u0001', "it is a trace of Go's runtime/trace, which `go tool trace` opens; this view opens what `gobuf trace --json` writes"],
    ['other.jsonl', '{"instruction":1,"time":1,"event":"switch","tid":1}\n{"a":1}\n', 'line 2 is not an event of `gobuf trace --json`: it lacks one of event, instruction, time and tid'],
  ] as const) it(`${name} is refused in one sentence`, async () => {
    assert.strictEqual(await opened(file(name, text), (shown) => shown.includes(name)), `${name} cannot be shown as a timeline: ${message}.`);
  });

  it('the timeline of a long live run comes in pieces, and stays smooth', async function () {
    if (!fs.existsSync(binary)) { this.skip(); return; }
    const switches = WHOLE ? 340_000 : 34_000;
    const executable = built('long', `package main\n\nfunc main() {\n\tping, back := make(chan int), make(chan int)\n\tgo func() {\n\t\tfor n := range ping {\n\t\t\tback <- n + 1\n\t\t}\n\t}()\n\tn := 0\n\tfor i := 0; i < ${switches / 2}; i++ {\n\t\tping <- n\n\t\tn = <-back\n\t}\n\tdone(n)\n}\n\n//go:noinline\nfunc done(n int) { println(n) }\n`);
    const gobuf = await activated(), program = new Program(gobuf);
    try {
      await vscode.commands.executeCommand('workbench.action.closePanel'); // nothing is asked for before it is shown
      await program.start(['main.done'], { program: executable, procs: 1 });
      const rows = WHOLE ? 999_000 : 99_000, began = performance.now();
      let pieces = 0;
      const first = next(gobuf.timeline.onDidRender, (text) => /M0/.test(text), 'the first picture').then(() => note(`a live run of ${switches} switches: the first picture after ${seconds(began)}`));
      const counting = gobuf.timeline.onDidRender(() => { pieces++; });
      const all = next(gobuf.timeline.onDidRender, (text) => /M0/.test(text) && !text.includes('coming'), 'the whole timeline', 600_000);
      await vscode.commands.executeCommand('gobuf.timeline.focus');
      await first;
      await all;
      counting.dispose();
      note(`all of it, in ${pieces} pieces, after ${seconds(began)}`);
      assert.ok(pieces > 3, `${pieces} pieces`);
      assert.ok(gobuf.timeline.data.closed + gobuf.timeline.data.marks.at.length > rows, `${gobuf.timeline.data.closed} stretches`);
      note(await pannedTimeline(FRAMES));
    } finally {
      await stopDebugging();
      program.dispose();
      fs.rmSync(path.dirname(executable), { recursive: true });
    }
  });
});
