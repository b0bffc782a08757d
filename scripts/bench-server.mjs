// `npm run bench:server [--gopls]`: what the language server costs on Go's own assembly: reading all of it, hover and completion, edit to
// diagnostics on the largest files, memory; at once, at rest, and as somebody reads and types. Prints figures, asserts nothing; beside gopls where it is installed and does the same. Each request is also made of a
// server that answers a fixed text at once (bench-control.mjs), right behind ours: what this machine and Node's pipes take by themselves.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { createProtocolConnection, StreamMessageReader, StreamMessageWriter } = createRequire(path.join(root, 'server', 'package.json'))('vscode-languageserver-protocol/node');
const found = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
const goroot = process.env['GOROOT'] || (found.status === 0 ? found.stdout.trim() : '');
const gobuf = path.join(process.env['GOBUF_DIST'] ?? path.join(root, 'dist'), 'gobuf.js');
const control = path.join(root, 'scripts', 'bench-control.mjs');
for (const [file, what] of [[path.join(goroot, 'src'), "Go's sources are not here: set GOROOT."], [gobuf, 'dist/gobuf.js is not here: npm run build makes it.']]) {
  if (!fs.existsSync(file)) { console.error(what); process.exit(1); }
}

/** Assembly files below a folder, without test data. */
function assembly(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(folder, entry.name);
    return entry.isDirectory() ? (entry.name === 'testdata' ? [] : assembly(at)) : entry.name.endsWith('.s') ? [at] : [];
  });
}
const src = path.join(goroot, 'src');
const files = assembly(src);
const lines = (file) => fs.readFileSync(file, 'utf8').split('\n').length;

async function start(command, args, initializationOptions) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, GOROOT: goroot } });
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  for (const method of ['client/registerCapability', 'workspace/inlayHint/refresh', 'workspace/codeLens/refresh', 'window/workDoneProgress/create', 'workspace/semanticTokens/refresh']) connection.onRequest(method, () => null);
  connection.onRequest('workspace/configuration', ({ items }) => items.map(() => ({})));
  connection.listen();
  const folders = [{ uri: pathToFileURL(src).href, name: 'src' }];
  await connection.sendRequest('initialize', { processId: process.pid, rootUri: folders[0].uri, capabilities: {}, workspaceFolders: folders, initializationOptions });
  await connection.sendNotification('initialized', {});
  const versions = new Map();
  return {
    child, connection,
    open(file, text = fs.readFileSync(file, 'utf8')) {
      versions.set(file, 1);
      return connection.sendNotification('textDocument/didOpen', { textDocument: { uri: pathToFileURL(file).href, languageId: 'go.asm', version: 1, text } });
    },
    edit(file, range, text) {
      const version = versions.get(file) + 1;
      versions.set(file, version);
      return connection.sendNotification('textDocument/didChange', { textDocument: { uri: pathToFileURL(file).href, version }, contentChanges: [{ range, text }] });
    },
    ask: (method, file, params) => connection.sendRequest(`textDocument/${method}`, { textDocument: { uri: pathToFileURL(file).href }, ...params }),
    /** Seconds of processor time so far: what a busy machine does not falsify. */
    seconds: () => { const fields = fs.readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(fields[11]) + Number(fields[12])) / 100; },
    /** Milliseconds of processor time of the thread that answers, to a microsecond; of a server in Go of all threads, since any may answer. */
    own: () => (command === process.execPath ? [child.pid] : fs.readdirSync(`/proc/${child.pid}/task`)).reduce((sum, id) => sum + Number(fs.readFileSync(`/proc/${child.pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0),
    resident: () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    memory: () => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    async stop() { await connection.sendRequest('shutdown'); await connection.sendNotification('exit'); child.kill(); },
  };
}

const percentile = (times, part) => times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))];
const pause = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
const ms = (time) => `${time.toFixed(1)} ms`;
const figures = (times, work) => `median ${ms(percentile(times, 0.5))}, p99 ${ms(percentile(times, 0.99))}, worst ${ms(Math.max(...times))}; of processor time ${ms(percentile(work, 0.5))}, ${ms(percentile(work, 0.99))} (aim 5) and ${ms(Math.max(...work))}`;
async function timed(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** The control, which answers what an answer of ours was. */
const startControl = (answers = {}) => start(process.execPath, [control], Object.fromEntries(Object.entries(answers).map(([method, answer]) => [`textDocument/${method}`, answer])));
const wall = (times) => `median ${ms(percentile(times, 0.5))}, p99 ${ms(percentile(times, 0.99))}, worst ${ms(Math.max(...times))}`;
/** Of many answers one of middling length, for the control. */
async function answerOf(server, method, file, places) {
  const all = [];
  for (const position of places) all.push(await server.ask(method, file, { position }).catch(() => null));
  const length = (answer) => JSON.stringify(answer).length;
  return all.sort((a, b) => length(a) - length(b))[all.length >> 1];
}

/** Positions of words, spread evenly over the file. */
function positions(text, count) {
  const all = [];
  text.split('\n').forEach((line, number) => { for (const match of line.matchAll(/[\p{L}_·][\p{L}\p{Nd}_·]*/gu)) if (!line.trimStart().startsWith('//')) all.push({ line: number, character: match.index + 1 }); });
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]);
}

const total = files.reduce((sum, file) => sum + lines(file), 0);
console.log(`${files.length} files, ${total} lines of assembly in ${path.basename(goroot)}; a new process each time`);
{
  const server = await start(process.execPath, [gobuf, 'lsp']);
  const began = server.own();
  const cold = await timed(() => server.connection.sendRequest('workspace/symbol', { query: '' }));
  const indexing = server.own() - began;
  const all = await timed(() => server.connection.sendRequest('workspace/symbol', { query: 'memmove' }));
  console.log(`index of all of it, cold ${ms(cold)} (aim 1500), ${ms(indexing)} of processor time, again ${ms(all)}; memory ${server.memory().toFixed(0)} MB (aim 200)`);
  await server.stop();
}
const largest = files.map((file) => [file, lines(file)]).sort((a, b) => b[1] - a[1]);
const runtime = path.join(src, 'runtime', 'asm_amd64.s');
/** What the control is to answer: something of ours. */
const answers = {};
{
  const server = await start(process.execPath, [gobuf, 'lsp']);
  await server.open(runtime);
  for (const method of ['hover', 'completion', 'definition']) answers[method] = await answerOf(server, method, runtime, positions(fs.readFileSync(runtime, 'utf8'), 31));
  await server.stop();
}
/** Times of ours, processor times, times of the control. */
const lists = () => ({ times: [], work: [], control: [] });
/** The same of both, ours first. */
async function compared({ times, work, control: others }, server, other, ask) {
  const before = server.own();
  times.push(await timed(() => ask(server)));
  work.push(server.own() - before);
  others.push(await timed(() => ask(other)));
}
const beside = ({ times, work, control: others }) => `${figures(times, work)}; a server that knows nothing: ${wall(others)}`;
/** Requests right after opening, and again when the server has had time to get ready, as it has when somebody begins to read. */
async function requests(name, command, args, methods) {
  const other = await startControl(answers);
  const server = await start(command, args);
  for (const file of [runtime, largest[0][0]]) {
    const text = fs.readFileSync(file, 'utf8');
    await other.open(file, text);
    await server.open(file, text);
    const label = `${path.basename(file)} (${lines(file)} lines)`;
    const began = server.own();
    const first = await timed(() => server.ask('hover', file, { position: positions(text, 1)[0] }).catch(() => null));
    console.log(`${name}: ${label}: first answer ${ms(first)}, ${ms(server.own() - began)} of processor time`);
    for (const when of ['at once', 'at rest']) {
      if (when === 'at rest') await pause(5000);
      for (const method of methods) {
        const found = lists();
        for (const position of positions(text, 300)) await compared(found, server, other, (each) => each.ask(method, file, { position }).catch(() => null));
        console.log(`${name}: ${label}: ${method} ${when} ${beside(found)}`);
      }
    }
  }
  console.log(`${name}: memory at rest ${server.resident().toFixed(0)} MB, at most ${server.memory().toFixed(0)} MB (aim 200)`);
  await server.stop();
  await other.stop();
}
await requests('gobuf', process.execPath, [gobuf, 'lsp'], ['hover', 'completion', 'definition']);
/** As an editor asks for somebody who reads, from soon after opening on: a request now and then, at words here and there. */
{
  const other = await startControl(answers);
  const server = await start(process.execPath, [gobuf, 'lsp']);
  const text = fs.readFileSync(runtime, 'utf8');
  const all = positions(text, 151);
  await other.open(runtime, text);
  await server.open(runtime, text);
  await pause(400);
  const found = { hover: lists(), completion: lists() };
  for (let i = 0; i < all.length; i++) {
    for (const [method, list] of Object.entries(found)) {
      await pause(60);
      await compared(list, server, other, (each) => each.ask(method, runtime, { position: all[(i * 67) % all.length] }));
    }
  }
  for (const [method, list] of Object.entries(found)) console.log(`gobuf: ${path.basename(runtime)}: ${method} every 60 ms from 0.4 s after opening on ${beside(list)}`);
  await server.stop();
  await other.stop();
}
/** As somebody types: a letter, then completion, and so on; what is typed is read with the request. */
for (const file of [runtime, largest[0][0]]) {
  const other = await startControl(answers);
  const server = await start(process.execPath, [gobuf, 'lsp']);
  const text = fs.readFileSync(file, 'utf8');
  const places = text.split('\n').flatMap((line, i) => (/^\t[A-Z]+\s+\S.*[^\\]$/.test(line) ? [i] : []));
  for (const each of [other, server]) await each.open(file, text);
  await pause(1000);
  const found = lists();
  for (const [i, typed] of ['\tMOVQ\tg_sched+8(SP), AX', '\tVPADDD\t(AX), Y1, Y2', '\tCALL\truntime·mem'].entries()) {
    const line = places[Math.floor(((i + 0.5) * places.length) / 3)];
    for (const each of [other, server]) await each.edit(file, { start: { line, character: 0 }, end: { line, character: 0 } }, '\n');
    for (let column = 0; column < typed.length; column++) {
      await pause(80);
      await compared(found, server, other, async (each) => {
        await each.edit(file, { start: { line, character: column }, end: { line, character: column } }, typed[column]);
        await each.ask('completion', file, { position: { line, character: column + 1 } });
      });
    }
  }
  console.log(`gobuf: ${path.basename(file)} (${lines(file)} lines): typing, a letter to its proposals ${beside(found)}`);
  await server.stop();
  await other.stop();
}
{
  const other = await startControl();
  const server = await start(process.execPath, [gobuf, 'lsp']);
  for (const [file] of [largest[0], largest[1], [runtime]]) {
    const uri = pathToFileURL(file).href;
    const published = ({ connection }) => new Promise((resolve) => { const listener = connection.onNotification('textDocument/publishDiagnostics', (found) => { if (found.uri === uri) { listener.dispose(); resolve(); } }); });
    for (const each of [other, server]) {
      const next = published(each);
      await each.open(file);
      await next;
    }
    const found = lists();
    const before = server.seconds();
    const now = fs.readFileSync(file, 'utf8').split('\n');
    const edit = async (at, text) => {
      const line = now[at.line] ?? '';
      now.splice(at.line, 1, ...`${line.slice(0, at.character)}${text}${line.slice(at.character)}`.split('\n'));
      await compared(found, server, other, async (each) => {
        const next = published(each);
        await each.edit(file, { start: at, end: at }, text);
        await next;
      });
    };
    const told = () => `median ${ms(percentile(found.times, 0.5))}, worst ${ms(Math.max(...found.times))}, of which 4 ms wait for more typing (aim 50); of processor time median ${ms(percentile(found.work, 0.5))}, worst ${ms(Math.max(...found.work))}; a server that knows nothing: median ${ms(percentile(found.control, 0.5))}, worst ${ms(Math.max(...found.control))}`;
    for (let i = 0; i < 12; i++) await edit({ line: Math.floor((lines(file) * (i + 1)) / 14), character: 0 }, '\n');
    const cost = ((server.seconds() - before) * 1000) / 12;
    console.log(`gobuf: ${path.basename(file)} (${lines(file)} lines): edit to diagnostics ${told()}; of one with all threads and what follows ${ms(cost)}`);
    // Above a directive, and in one: its macro is another one from then on, and the file is read whole.
    const places = [
      ['above a directive at the top', () => ({ line: now.findIndex((line) => /^#(define|include)/.test(line)), character: 0 }), '\n'],
      ['in a macro', () => { const line = now.findIndex((text) => /^#define .*\S/.test(text) && !text.includes('//')); return { line, character: (now[line] ?? '').search(/\s*\\?$/) }; }, ' '],
    ];
    for (const [where, place, text] of places) {
      if (place().line < 0) continue;
      for (const list of Object.values(found)) list.length = 0;
      for (let i = 0; i < 12; i++) await edit(place(), text);
      console.log(`gobuf: ${path.basename(file)}: edit ${where} to diagnostics ${told()}`);
    }
  }
  await server.stop();
  await other.stop();
}
{
  const server = await start(process.execPath, [gobuf, 'lsp']);
  await server.open(runtime);
  const texts = fs.readFileSync(runtime, 'utf8').split('\n').flatMap((line, number) => (line.startsWith('TEXT') ? [{ line: number, character: line.indexOf('·') + 2 }] : [])).slice(0, 60);
  const work = [];
  for (const position of texts) {
    const before = server.own();
    await server.ask('references', runtime, { position, context: { includeDeclaration: true } });
    work.push(server.own() - before);
  }
  console.log(`gobuf: ${texts.length} times references over all of it, of processor time median ${ms(percentile(work, 0.5))}, worst ${ms(Math.max(...work))}; memory at most ${server.memory().toFixed(0)} MB (aim 200)`);
  await server.stop();
}
if (!process.argv.includes('--gopls') && spawnSync('gopls', ['version']).status === 0) console.log('--gopls asks the installed gopls the same');
else if (spawnSync('gopls', ['version']).status === 0) await requests('gopls', 'gopls', ['serve'], ['hover', 'definition']);
else console.log('gopls is not here, so nothing is compared with it');
