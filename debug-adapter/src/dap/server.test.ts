// The protocol end alone, over in-memory streams and a debugger without a machine: framing, ids, order, errors, cancelling, the end.
import net from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { capabilities, commands } from './handlers';
import type { LaunchArguments } from './protocol';
import { serveSocket } from './serve';
import type { DapHost } from './session';
import { TestClient } from './testing/client';
import { FakeEngine } from './testing/fake-engine';

let fake: FakeEngine, client: TestClient, launched: LaunchArguments;
const host: DapHost = {
  open(launch, write) {
    if (launch.program === '/missing') return Promise.reject(new Error('/missing cannot be read: there is no such file.\n    at somewhere'));
    launched = launch;
    fake = new FakeEngine(write);
    return Promise.resolve(fake.engine);
  },
  terminal: () => ({ busy: false, names: () => ['regs', 'continue', 'sched'], execute: async (line) => { if (line === 'continue') await fake.resume('stepInstruction'); return `output of ${line}\n`; } }),
  fileExists: (file) => file === '/src/main.go',
};
beforeEach(() => { client = new TestClient(host); });
const start = (configure?: () => Promise<unknown>): Promise<unknown> => client.start({ program: '/bin/p', stopOnEntry: true }, configure);

describe('the adapter', () => {
  it('greets, stops at the entry, and ends', async () => {
    await start();
    await client.ask('disconnect');
    await client.ended;
    expect(client.transcript).toMatchInlineSnapshot(`
      [
        "→ initialize",
        "← initialize",
        "→ launch",
        "  event output console "a note\\n"",
        "← launch",
        "  event initialized",
        "→ configurationDone",
        "← configurationDone",
        "  event stopped entry thread 1",
        "  event gobuf/moment",
        "→ disconnect",
        "← disconnect",
        "  event terminated",
      ]
    `);
    expect(fake.disposed).toBe(true);
  });

  it('colours its own warnings where the client shows colours, and nothing else', async () => {
    for (const supportsANSIStyling of [true, false]) {
      client = new TestClient(host);
      await client.ask('initialize', { adapterID: 'gobuf', supportsANSIStyling });
      await client.ask('launch', { program: '/bin/p' });
      fake.fire((events) => events.output?.('warning', 'The recorded future was dropped.'));
      fake.write(1, new TextEncoder().encode('plain\n'), false);
      await client.ask('threads');
      const outputs = client.events.filter(({ event }) => event === 'output').map(({ body }) => body['output'] as string);
      expect(outputs).toContain(supportsANSIStyling ? '\u001b[33mThe recorded future was dropped.\u001b[0m\n' : 'The recorded future was dropped.\n');
      expect(outputs).toContain('plain\n');
      await client.ask('disconnect');
    }
  });

  it('declares nothing it does not answer', () => {
    const answered = new Set(commands()), declared = capabilities() as Record<string, unknown>;
    for (const [capability, command] of Object.entries({
      supportsConfigurationDoneRequest: 'configurationDone', supportsFunctionBreakpoints: 'setFunctionBreakpoints', supportsStepBack: 'stepBack', supportsSetVariable: 'setVariable', supportsGotoTargetsRequest: 'goto', supportsCompletionsRequest: 'completions',
      supportsModulesRequest: 'modules', supportsRestartRequest: 'restart', supportsExceptionInfoRequest: 'exceptionInfo', supportsLoadedSourcesRequest: 'loadedSources', supportsSetExpression: 'setExpression', supportsTerminateRequest: 'terminate', supportsDataBreakpoints: 'setDataBreakpoints',
      supportsReadMemoryRequest: 'readMemory', supportsWriteMemoryRequest: 'writeMemory', supportsDisassembleRequest: 'disassemble', supportsCancelRequest: 'cancel', supportsBreakpointLocationsRequest: 'breakpointLocations', supportsInstructionBreakpoints: 'setInstructionBreakpoints',
      supportsRestartFrame: 'restartFrame', supportsStepInTargetsRequest: 'stepInTargets', supportsTerminateThreadsRequest: 'terminateThreads',
    })) expect([capability, declared[capability] ?? false]).toEqual([capability, answered.has(command)]);
  });

  it('answers a request split into single bytes and two requests in one chunk', async () => {
    const one = JSON.stringify({ seq: 901, type: 'request', command: 'initialize', arguments: { adapterID: 'gobuf', clientName: 'ä' } });
    for (const byte of Buffer.from(`Content-Length: ${Buffer.byteLength(one)}\r\n\r\n${one}`)) client.input.write(Buffer.from([byte]));
    const two = [902, 903].map((seq) => JSON.stringify({ seq, type: 'request', command: 'threads' })).map((text) => `Content-Length: ${text.length}\r\n\r\n${text}`).join('');
    client.input.write(two);
    await client.respond('threads');
    expect(client.responses.map(({ request_seq, success }) => [request_seq, success])).toEqual([[901, true], [902, false], [903, false], [1, false]]);
  });

  it('refuses in one sentence what comes too early, is unknown or makes no sense', async () => {
    expect((await client.respond('stackTrace', { threadId: 1 })).body['error'].format).toBe('No program is loaded yet.');
    expect((await client.respond('flyToTheMoon')).message).toBe('gobuf does not answer the request "flyToTheMoon".');
    expect((await client.respond('launch', { program: '/missing' })).body['error']).toMatchObject({ format: '/missing cannot be read: there is no such file.', showUser: true });
    expect((await client.respond('launch', { program: '/p', procs: 0 })).message).toMatch(/^The launch attribute procs cannot be 0\.$/);
    expect((await client.respond('launch', { program: 7 })).success).toBe(false);
    expect((await client.respond('attach', {})).message).toMatch(/nothing to attach to/);
    await start();
    expect((await client.respond('scopes', { frameId: 99 })).message).toBe('That frame belongs to an earlier stop.');
    expect((await client.respond('variables', { variablesReference: 99 })).message).toBe('These variables belong to an earlier stop.');
    expect((await client.respond('readMemory', { memoryReference: 'rsp', count: 1 })).message).toBe('"rsp" is not an address.');
    expect((await client.respond('next', { threadId: 77 })).message).toBe('There is no thread 77.');
    expect((await client.respond('launch', { program: '/p' })).message).toBe('A program is launched already.');
  });

  it('refuses arguments that are not as the protocol has them, by request and argument', async () => {
    await start();
    const said = async (command: string, args?: unknown): Promise<string | undefined> => { const { success, message } = await client.respond(command, args); return success ? undefined : message; };
    expect(await said('scopes')).toBe('The request scopes needs the argument frameId: a whole number.');
    expect(await said('scopes', null)).toBe('The request scopes needs the argument frameId: a whole number.');
    expect(await said('scopes', [1])).toBe('The arguments of scopes cannot be [1]: they have to be an object.');
    expect(await said('threads', 'all')).toBe('The arguments of threads cannot be "all": they have to be an object.');
    expect(await said('variables', { variablesReference: 1.5 })).toBe('The argument variablesReference of variables cannot be 1.5: it has to be a whole number.');
    expect(await said('variables', { variablesReference: null })).toBe('The argument variablesReference of variables cannot be null: it has to be a whole number.');
    expect(await said('setBreakpoints', { breakpoints: [] })).toBe('The request setBreakpoints needs the argument source: an object.');
    expect(await said('variables', { variablesReference: 1, start: -1 })).toBe('The argument start of variables cannot be -1: it has to be a whole number from 0 on.');
    expect(await said('readMemory', { memoryReference: '0x1000', count: -4 })).toBe('The argument count of readMemory cannot be -4: it has to be a whole number from 0 on.');
    expect(await said('setBreakpoints', { source: { path: '/src/main.go' }, breakpoints: [{ line: 5 }, { line: '7' }] })).toBe('The argument breakpoints[1].line of setBreakpoints cannot be "7": it has to be a whole number.');
    expect(await said('setBreakpoints', { source: { path: '/src/main.go' }, breakpoints: [{ line: 5 }, {}] })).toBe('The request setBreakpoints needs the argument breakpoints[1].line: a whole number.');
    expect(await said('setExceptionBreakpoints', { filters: 'panic' })).toBe('The argument filters of setExceptionBreakpoints cannot be "panic": it has to be a list.');
    expect(await said('next', { threadId: 1, granularity: 'page' })).toBe('The argument granularity of next cannot be "page": it has to be one of statement, line, instruction.');
    expect(await said('gobuf/reverseStep', { threadId: 1, kind: 'back' })).toMatch(/^The argument kind of gobuf\/reverseStep cannot be "back": it has to be one of reverseStepIn, /);
    expect(await said('evaluate', { expression: { long: 'x'.repeat(200) } })).toMatch(/^The argument expression of evaluate cannot be \{"long":"x{51}…: it has to be text\.$/);
    // What may be left out may be null, and what the table does not know is the client's own affair.
    expect(await said('setBreakpoints', { source: { path: '/src/main.go', adapterData: 7 }, breakpoints: null, lines: [5], sourceModified: 'perhaps' })).toBeUndefined();
    expect(await said('restart', { arguments: { program: '/p', args: 'x' } })).toBe('The argument args of launch cannot be "x": it has to be a list.');
  });

  it('calls what it did not foresee a mistake of its own', async () => {
    await start();
    fake.source = () => { throw new TypeError('x is undefined'); };
    await expect(client.respond('source', { source: { path: '/src/main.go' } })).rejects.toThrow("source: This is a mistake of gobuf's own: x is undefined.");
  });

  it('answers before the program moves, and tells each stop once', async () => {
    await start();
    for (const [command, args, call] of [
      ['stepIn', { granularity: 'instruction' }, 'stepInstruction 1'], ['next', { granularity: 'instruction' }, 'nextInstruction 1'], ['next', {}, 'next 1'], ['stepIn', {}, 'stepIn 1'], ['stepBack', {}, 'reverseNext 1'],
      ['stepBack', { granularity: 'instruction' }, 'reverseStepInstruction 1'], ['reverseContinue', {}, 'reverseContinue'], ['gobuf/reverseStep', { kind: 'reverseStepOut' }, 'reverseStepOut 1'],
    ] as const) {
      const before = client.transcript.length;
      await client.move(command, { threadId: 1, ...args });
      await client.ask('threads');
      expect(fake.calls.at(-1)).toBe(call);
      expect(client.transcript.slice(before).filter((line) => line.includes('stopped')).length).toBe(1);
      expect(client.transcript[before + 1]).toBe(`← ${command}`);
    }
  });

  it('pauses, and answers or refuses while the program runs', async () => {
    await start();
    await client.ask('continue', { threadId: 1 });
    expect((await client.ask('threads'))['threads']).toHaveLength(1);
    expect((await client.respond('stackTrace', { threadId: 1 })).message).toBe('The program is running: pause it first.');
    expect((await client.respond('next', { threadId: 1 })).message).toBe('The program is running already.');
    expect((await client.move('pause', { threadId: 1 }))['reason']).toBe('pause');
    expect((await client.respond('pause', { threadId: 1 })).success).toBe(false);
  });

  it('ends a run when the client leaves', async () => {
    await start();
    await client.ask('continue', { threadId: 1 });
    client.input.end();
    await client.ended;
    expect(fake.disposed).toBe(true);
  });

  it('keeps breakpoints that are asked for again and moves to lines with code', async () => {
    await start();
    const set = async (...lines: number[]): Promise<unknown> => ((await client.ask('setBreakpoints', { source: { path: '/src/main.go' }, breakpoints: lines.map((line) => ({ line })) }))['breakpoints'] as { id: number; line: number; verified: boolean; message?: string }[]).map(({ id, line, verified, message }) => (verified ? [id, line] : message));
    expect(await set(6, 9)).toEqual([[1, 7], [2, 9]]);
    expect(await set(9, 5, 12)).toEqual([[2, 9], [3, 5], 'There is no code at line 12 or after it.']);
    expect(fake.calls).toEqual(['clear 1']);
    expect((await client.ask('setBreakpoints', { source: { path: '/src/other.go' }, breakpoints: [{ line: 1 }] }))['breakpoints'][0]).toMatchObject({ verified: false, message: 'This file is not part of the program.' });
    const functions = await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.main' }, { name: 'nowhere' }] });
    expect(functions['breakpoints']).toMatchObject([{ verified: true }, { verified: false, message: 'Location "nowhere" not found' }]);
    expect((await client.ask('setExceptionBreakpoints', { filters: ['fatal'] }))['breakpoints']).toEqual([{ verified: true }]);
    expect(fake.exceptionStops).toEqual({ panic: false, fatal: true });
  });

  it('goes only where the function that is stopped goes on', async () => {
    await start();
    expect((await client.respond('goto', { threadId: 1, targetId: 5 })).message).toBe('Only places in the function that is stopped can be gone to.');
  });

  it('passes the program\'s output on whole characters, not what is replayed, and says which breakpoint was hit', async () => {
    await start(() => client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.main' }] }));
    const stopped = await client.move('continue', { threadId: 1 });
    expect(stopped).toMatchObject({ reason: 'function breakpoint', hitBreakpointIds: [1], allThreadsStopped: true });
    expect(client.events.filter(({ event, body }) => event === 'output' && body['category'] === 'stdout').map(({ body }) => body['output']).join('')).toBe('täg\n');
  });

  it('tells the exit status and the end', async () => {
    await start();
    await client.ask('stepOut', { threadId: 1 });
    expect(await client.event('exited')).toEqual({ exitCode: 3 });
    await client.event('terminated');
  });

  it('reads variables in pages and changes them', async () => {
    await start();
    const { stackFrames } = await client.ask('stackTrace', { threadId: 1 });
    expect(stackFrames[0]).toMatchObject({ name: 'main.main', line: 7, instructionPointerReference: '0x1000', source: { path: '/src/main.go' } });
    const { scopes } = await client.ask('scopes', { frameId: stackFrames[0].id });
    const { variables } = await client.ask('variables', { variablesReference: scopes[0].variablesReference });
    expect(variables[1]).toMatchObject({ name: 'list', indexedVariables: 3 });
    expect((await client.ask('variables', { variablesReference: variables[1].variablesReference, filter: 'indexed', start: 1, count: 1 }))['variables']).toMatchObject([{ name: '[1]', value: '10' }]);
    expect((await client.ask('variables', { variablesReference: variables[1].variablesReference, format: { hex: true } }))['variables'][1].value).toBe('0xa');
    await client.ask('setVariable', { variablesReference: scopes[0].variablesReference, name: 'rip', value: '0x1234' });
    expect(fake.calls).toEqual(['rip=0x1234']);
    expect(client.events.some(({ event }) => event === 'invalidated')).toBe(true);
    expect((await client.respond('setVariable', { variablesReference: scopes[0].variablesReference, name: 'list', value: '1' })).message).toBe('list cannot be changed.');
  });

  it('evaluates expressions, Go assembly\'s names, and commands of the terminal', async () => {
    await start();
    expect(await client.ask('evaluate', { expression: 'total', context: 'watch' })).toMatchObject({ result: '42', type: 'int', memoryReference: '0x5000' });
    expect(await client.ask('evaluate', { expression: 'BX', context: 'hover' })).toMatchObject({ result: '0xc000006000', memoryReference: '0xc000006000' });
    expect(await client.ask('evaluate', { expression: 'regs -a', context: 'repl' })).toMatchObject({ result: 'output of regs -a' });
    expect((await client.respond('evaluate', { expression: 'nothing', context: 'repl' })).message).toBe('there is no nothing');
    const from = client.events.length;
    await client.ask('evaluate', { expression: 'continue', context: 'repl' });
    expect(client.events.slice(from).map(({ event }) => event)).toEqual(['continued', 'stopped', 'gobuf/moment']);
    expect(((await client.ask('completions', { text: 'r', column: 2 }))['targets'] as { label: string }[]).map(({ label }) => label)).toEqual(expect.arrayContaining(['regs', 'rax', 'runtime.g0']));
  });

  it('reads and writes memory and disassembles', async () => {
    await start();
    expect(await client.ask('readMemory', { memoryReference: '0x1ff0', offset: 8, count: 16 })).toEqual({ address: '0x1ff8', data: Buffer.alloc(8, 7).toString('base64'), unreadableBytes: 8 });
    expect(await client.ask('readMemory', { memoryReference: '0xffffffffffff0000', count: 4 })).toEqual({ address: '0xffffffffffff0000', unreadableBytes: 4 });
    expect(await client.ask('writeMemory', { memoryReference: '8192', data: 'AAA=', allowPartial: true })).toEqual({ bytesWritten: 2 });
    expect(client.events.some(({ event, body }) => event === 'memory' && body['memoryReference'] === '0x2000')).toBe(true);
    // Rows that would have to be counted off for ever.
    for (const instructionOffset of [2 ** 40, -(2 ** 40)]) await expect(client.ask('disassemble', { memoryReference: '0x26', instructionOffset, instructionCount: 1 })).rejects.toThrow('is not a number of rows');
    const { instructions } = await client.ask('disassemble', { memoryReference: '0x1000', instructionOffset: -2, instructionCount: 4, resolveSymbols: true });
    expect(instructions).toMatchObject([{ address: '0xff8', symbol: 'main.main', line: 7, location: { path: '/src/main.go' } }, { address: '0xffc', line: 7 }, { address: '0x1000', line: 8 }, { address: '0x1004', instruction: 'nop', instructionBytes: '90' }]);
    expect(instructions[1].location).toBeUndefined();
  });

  it('watches memory', async () => {
    await start();
    const info = await client.ask('dataBreakpointInfo', { name: 'total' });
    expect(info).toMatchObject({ dataId: '0x5000/8 total', accessTypes: ['read', 'write', 'readWrite'] });
    expect(await client.ask('dataBreakpointInfo', { name: 'nothing' })).toMatchObject({ dataId: null, description: 'there is no nothing' });
    expect(await client.ask('dataBreakpointInfo', { name: '0x7000', asAddress: true, bytes: 3 })).toMatchObject({ dataId: '0x7000/3 0x7000' });
    await client.ask('setDataBreakpoints', { breakpoints: [{ dataId: info['dataId'], accessType: 'write' }] });
    expect(fake.calls).toEqual(['watch 20480/8 write']);
  });

  it('serves one client over a socket and ends with it', async () => {
    let address = '';
    const served = serveSocket(host, '127.0.0.1:0', (bound) => { address = bound; });
    while (address === '') await new Promise((resolve) => setImmediate(resolve));
    const socket = net.connect(Number(address.split(':')[1]), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => { text += chunk.toString(); });
    for (const [seq, command] of [[1, 'initialize'], [2, 'disconnect']] as const) {
      const request = JSON.stringify({ seq, type: 'request', command, arguments: {} });
      socket.write(`Content-Length: ${request.length}\r\n\r\n${request}`);
    }
    await Promise.all([served, new Promise((resolve) => socket.on('end', resolve))]);
    expect(text).toMatch(/"command":"disconnect"/);
    socket.destroy();
    await expect(serveSocket(host, 'nowhere', () => {})).rejects.toThrow('"nowhere" is not HOST:PORT.');
  });

  it('gives sources', async () => {
    await start();
    expect(await client.ask('source', { sourceReference: 0, source: { path: '/src/main.go' } })).toMatchObject({ content: 'package main\n' });
    expect((await client.respond('source', { sourceReference: 0, source: { path: '/src/gone.go' } })).message).toMatch(/gone\.go is not on this machine/);
    expect((await client.ask('loadedSources'))['sources']).toHaveLength(1);
    expect(launched.program).toBe('/bin/p');
  });
});
