// Random requests with random arguments: each gets exactly one answer, refusals are one sentence, and the adapter lives on.
import { expect, it } from 'vitest';
import { commands } from './handlers';
import type { DapHost } from './session';
import { TestClient } from './testing/client';
import { FakeEngine } from './testing/fake-engine';

/** GOBUF_WHOLE=1: more than 10^5 requests. */
const ROUNDS = process.env['GOBUF_WHOLE'] === '1' ? 70 : 6, REQUESTS = 1500;
const host: DapHost = { open: (_launch, write) => Promise.resolve(new FakeEngine(write).engine), terminal: () => undefined, fileExists: () => true };

/** xorshift: the same requests in every run. */
function random(seed: number): (below: number) => number {
  let x = seed;
  return (below) => { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; return (x >>> 0) % below; };
}
const NAMES = ['threadId', 'frameId', 'variablesReference', 'expression', 'memoryReference', 'instructionCount', 'instructionOffset', 'count', 'offset', 'breakpoints', 'source', 'name', 'value', 'line', 'text', 'column', 'granularity', 'data', 'filters', 'instruction', 'location', 'kind', 'program', 'requestId', 'targetId', 'lines', 'dataId', 'context'];

it('answers whatever a client may send', async () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const pick = random(seed * 7919);
    const scalar = (): unknown => [0, 1, -1, 1000, 2 ** 40, 1.5, '', 'main.main', '0x1000', '/src/main.go', 'ä\u0000{}', true, null, 'instruction', 'reverseStepIn', '0x5000/8 total', 'AAAA', 'repl'][pick(18)];
    const thing = (depth: number): unknown => (depth > 2 || pick(3) > 0 ? scalar() : pick(2) === 0 ? Array.from({ length: pick(3) }, () => thing(depth + 1)) : Object.fromEntries(Array.from({ length: pick(4) }, () => [[...NAMES, 'path', 'instructionReference', 'sourceReference', 'dataId'][pick(NAMES.length + 4)]!, thing(depth + 1)])));
    const client = new TestClient(host);
    await client.start({ program: '/bin/p', stopOnEntry: true });
    const known = commands().filter((command) => command !== 'disconnect');
    const before = client.responses.length;
    const answers: Promise<unknown>[] = [];
    for (let i = 0; i < REQUESTS; i++) {
      const command = pick(50) === 0 ? 'pause' : known[pick(known.length)]!;
      answers.push(client.respond(command, pick(20) === 0 ? scalar() : Object.fromEntries(Array.from({ length: pick(6) }, () => [NAMES[pick(NAMES.length)]!, thing(0)]))));
      // Now and then let what runs come to its stop.
      if (pick(8) === 0) { void client.respond('pause'); answers.push(Promise.resolve()); await new Promise((resolve) => setImmediate(resolve)); }
    }
    void client.respond('pause');
    await Promise.all(answers);
    const refusals = client.responses.slice(before).filter(({ success }) => !success);
    for (const { command, message } of refusals) expect(`${command}: ${message}`).toMatch(/^[\w/]+: [^\n]+$/);
    expect(client.responses.slice(before).length).toBeGreaterThanOrEqual(REQUESTS);
    expect(new Set(client.responses.map(({ request_seq }) => request_seq)).size).toBe(client.responses.length);
    await client.ask('disconnect');
    await client.ended;
  }
}, 600_000);
