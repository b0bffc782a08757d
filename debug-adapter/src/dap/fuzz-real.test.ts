// Random sequences of requests to the whole adapter on a real program: plausible ones, made of what earlier answers named, and nonsense.
// Must stay true: every request gets exactly one answer, refusals are one sentence and none is a mistake of the adapter's own, what runs comes to a stop. GOBUF_WHOLE=1: 10^5 requests.
import { describe, expect, it } from 'vitest';
import { dapHost } from '../command/commands/dap';
import { hasGo, PINGPONG, program } from '../engine/testing/session';
import { commands } from './handlers';
import { TestClient } from './testing/client';
import type { Loose } from './testing/client';

const [SESSIONS, REQUESTS] = process.env['GOBUF_WHOLE'] === '1' ? [100, 1000] : [2, 250];
/** They end the session, or build and read other programs. */
const LEFT_OUT = new Set(['disconnect', 'terminate', 'initialize', 'launch', 'attach']);
const EXPRESSIONS = ['rsp', 'g', 'TLS', 'stackguard', 'value', 'to', 'p.name', 'allgs[1].goid', 'runtime.sched', '(*runtime.g)(0xc000002380)', '*(*int)(rsp)', '1/0', 'main.add(1, 2)', 'len("a")', '((', 'gobuf_sp(BX)', 'x0.int32', '', 'runtime.g0.sched', 'nothing'];
const LINES = ['si', 'ni', 'rev si', 'regs', 'disass', 'grs', 'bt', 'sched', 'tls', 'locals', 'print value', 'break main.add', 'clearall', 'help', 'timeline', 'stacks', 'nextevent', 'list', 'threads', 'x -count 3 -size 8 0xc000000000', 'examinemem', 'goto', 'on 1 print g', 'stdin x', 'config', 'types gobuf', 'trace main.pong', 'rw', 'frame 1 bt', 'stepout', 'rebuild', 'restart', 'edit', 'on 1 -edit', 'dump', 'transcript -off', 'nonsense'];

const TOUR = 'title: T\nabout: A\nprogram: { example: pingpong }\nsteps:\n  - { title: One, stop: { at: main.add }, show: [{ name: g, value: g }], text: "{g}" }\n  - { title: Two, stop: { step: instruction }, text: there }\n';

/** What a client knows by the messages it got: it was told that the program goes on, and of no stop after that. */
function running({ transcript }: TestClient): boolean {
  const last = (pattern: RegExp): number => transcript.findLastIndex((line) => pattern.test(line));
  return last(/^← (continue|reverseContinue|next|stepIn|stepOut|stepBack|restart|restartFrame|gobuf\/(goTo|runTo|runToEvent|reverseStep|tourStep))$|^ {2}event continued/) > last(/^ {2}event (stopped|terminated)/);
}

/** xorshift: the same requests in every run. */
function random(seed: number): (below: number) => number {
  let x = seed;
  return (below) => { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; return (x >>> 0) % below; };
}

describe.skipIf(!hasGo)('the adapter on a real program (needs the go command)', () => {
  it(`answers ${SESSIONS * REQUESTS} random requests`, async () => {
    const file = program(PINGPONG), known = commands().filter((command) => !LEFT_OUT.has(command));
    for (let seed = 1; seed <= SESSIONS; seed++) {
      const pick = random(seed * 104_729), one = <T>(list: readonly T[]): T => list[pick(list.length)]!;
      const client = new TestClient(dapHost);
      let stop: Loose = await client.start({ program: file, stopOnEntry: true, stopOnExit: true });
      const frames: number[] = [0], references: number[] = [1], memory: string[] = ['0x400000', '0xc000000000', '0'], dataIds: string[] = [''], targets: number[] = [1], threads: number[] = [stop['threadId'] as number];
      const learn = ({ command, body, success }: { command: string; body?: Loose; success: boolean }): void => {
        if (!success || !body) return;
        const keep = <T>(list: T[], ...values: T[]): void => { list.push(...values); if (list.length > 40) list.splice(0, list.length - 40); };
        if (command === 'stackTrace') for (const { id, instructionPointerReference } of (body['stackFrames'] as Loose[]).slice(0, 3)) { keep(frames, id as number); if (instructionPointerReference) keep(memory, instructionPointerReference as string); }
        if (command === 'scopes') for (const { variablesReference } of body['scopes'] as Loose[]) keep(references, variablesReference as number);
        if (command === 'variables') for (const { variablesReference, memoryReference } of (body['variables'] as Loose[]).slice(0, 8)) { if (variablesReference) keep(references, variablesReference as number); if (memoryReference) keep(memory, memoryReference as string); }
        if (command === 'dataBreakpointInfo' && body['dataId']) keep(dataIds, body['dataId'] as string);
        if (command === 'gotoTargets' || command === 'stepInTargets') for (const { id } of body['targets'] as Loose[]) keep(targets, id as number);
        if (command === 'threads') for (const { id } of (body['threads'] as Loose[]).slice(0, 6)) keep(threads, id as number);
      };
      const odd = (): unknown => one<unknown>([-1, 2 ** 40, 1.5, 'ä\u0000{}', null, {}, [], true, '0xffffffffffffffff', 'NaN']);
      const value = (name: string): unknown => {
        if (pick(40) === 0) return odd();
        switch (name) {
          case 'threadId': return one(threads);
          case 'frameId': return one(frames);
          case 'variablesReference': return one(references);
          case 'memoryReference': case 'instructionReference': return one(memory);
          case 'expression': case 'name': return one(EXPRESSIONS);
          case 'instructionCount': case 'count': return pick(120);
          case 'instructionOffset': case 'offset': return pick(200) - 100;
          case 'granularity': return one(['instruction', 'line', 'statement']);
          case 'kind': return one(['reverseStepIn', 'reverseStepOut', 'reverseNext', 'reverseStepInstruction', 'reverseNextInstruction']);
          case 'instruction': return pick(400_000);
          case 'location': return one(['main.add', 'runtime.gogo', 'main.main:3', '*0x1', 'pingpong.go:20']);
          case 'source': return { path: one([PINGPONG, 'asm_amd64.s', '/nowhere.go']) };
          case 'line': return pick(60);
          case 'lines': return [pick(60)];
          case 'breakpoints': return Array.from({ length: pick(3) }, () => ({ line: pick(60), name: one(['main.add', 'runtime.mcall', 'nothing']), instructionReference: one(memory), dataId: one(dataIds), event: one(['park', 'start', 'nothing']), condition: one([undefined, 'value > 1', '(((']), hitCondition: one([undefined, '== 2', '%']), logMessage: one([undefined, '{value}']) }));
          case 'filters': return [one(['panic', 'fatal', 'allPanics', 'syscall', 'nothing'])];
          case 'filterOptions': return [{ filterId: one(['syscall', 'scheduler', 'signal']), condition: one(['write', 'park', 'SIGURG', '((']) }];
          case 'value': return one(['1', '0x10', '"x"', 'nil', 'rax', '(((']);
          case 'data': return 'AAAA';
          case 'text': return pick(4) === 0 ? TOUR : one(LINES);
          case 'column': return pick(12);
          case 'context': return one(['repl', 'watch', 'hover']);
          case 'register': return one(['rax', 'SP', 'R14', 'nothing']);
          case 'file': return 'random.tour.yaml';
          case 'index': return pick(3);
          case 'targetId': return one(targets);
          case 'requestId': return pick(50);
          case 'events': return [{ event: one(['park', 'start', 'ready', 'nothing']) }];
          default: return odd();
        }
      };
      const NEEDED: Record<string, string[]> = {
        stackTrace: ['threadId'], scopes: ['frameId'], variables: ['variablesReference'], setVariable: ['variablesReference', 'name', 'value'], setExpression: ['expression', 'value', 'frameId'], evaluate: ['expression', 'frameId', 'context'],
        completions: ['text', 'column', 'frameId'], disassemble: ['memoryReference', 'instructionOffset', 'instructionCount'], readMemory: ['memoryReference', 'offset', 'count'], writeMemory: ['memoryReference', 'data'], setBreakpoints: ['source', 'breakpoints'],
        setFunctionBreakpoints: ['breakpoints'], setInstructionBreakpoints: ['breakpoints'], setDataBreakpoints: ['breakpoints'], setExceptionBreakpoints: ['filters', 'filterOptions'], dataBreakpointInfo: ['name', 'frameId'], gotoTargets: ['source', 'line'],
        goto: ['threadId', 'targetId'], stepInTargets: ['frameId'], restartFrame: ['frameId'], breakpointLocations: ['source', 'line'], 'gobuf/goTo': ['instruction'], 'gobuf/runTo': ['location'], 'gobuf/reverseStep': ['threadId', 'kind'], 'gobuf/writes': ['expression'],
        'gobuf/lastChange': ['register'], 'gobuf/tour': ['file', 'text'], 'gobuf/tourStep': ['index'], source: ['source'], 'gobuf/runToEvent': ['events'], 'gobuf/runNext': ['threadId'], 'gobuf/selectThread': ['threadId'], 'gobuf/setEventBreakpoints': ['breakpoints'], ...Object.fromEntries(['next', 'stepIn', 'stepOut', 'stepBack'].map((command) => [command, ['threadId', 'granularity']])),
      };
      const before = client.responses.length;
      let sent = 0;
      const send = async (command: string, args: unknown): Promise<void> => { sent++; learn(await client.respond(command, args)); };
      while (sent < REQUESTS) {
        // A burst as an editor sends it, now and then with what does not fit.
        const burst: Promise<void>[] = [];
        for (let i = 1 + pick(5); i > 0; i--) {
          const command = pick(4) === 0 ? one(['stackTrace', 'scopes', 'variables', 'threads', 'stepIn', 'stepBack']) : one(known);
          const args: Record<string, unknown> = Object.fromEntries((NEEDED[command] ?? []).map((name) => [name, value(name)]));
          if (command === 'evaluate' && args['context'] === 'repl' && pick(2) === 0) args['expression'] = one(LINES);
          burst.push(send(command, pick(60) === 0 ? odd() : args));
        }
        if (pick(3) === 0) burst.push(send('pause', { threadId: one(threads) }));
        await Promise.all(burst);
        // What runs is brought to a stop, as by a user who waits no longer: without that most of what follows would only be refused.
        if (running(client)) await send('pause', { threadId: stop['threadId'] });
        await client.settled();
        const now = client.events.findLast(({ event }) => event === 'stopped')?.body ?? stop;
        if (now === stop) continue;
        // Frames and variables are of one stop, as clients know; they are told anew. One of each is kept as of a client that does not.
        stop = now;
        threads.push(stop['threadId'] as number);
        frames.splice(0, frames.length - 1);
        references.splice(0, references.length - 1);
        if (pick(3) > 0) await send('stackTrace', { threadId: stop['threadId'], levels: 3 });
        if (pick(3) > 0) await send('scopes', { frameId: frames.at(-1) });
      }
      const answers = client.responses.slice(before);
      expect(new Set(answers.map(({ request_seq }) => request_seq)).size).toBe(answers.length);
      expect(answers.length).toBe(sent);
      for (const { command, message } of answers.filter(({ success }) => !success)) expect(`${command}: ${message}`).toMatch(/^[\w/]+: [^\n]+$/);
      const refused = answers.filter(({ success }) => !success);
      expect(1 - refused.length / answers.length, 'answers that are no refusals').toBeGreaterThan(0.55);
      expect(client.mistakes).toEqual([]);
      // And it still works as ever.
      expect(await client.ask('gobuf/moment')).toMatchObject({ instruction: expect.any(Number) as number });
      await client.ask('disconnect');
      await client.ended;
    }
  }, 3_600_000);
});
