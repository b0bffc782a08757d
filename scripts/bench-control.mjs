// The control of `npm run bench:server`: a server that knows nothing. It reads a request and answers at once with what it was told to say to that method, and to an edit
// with no findings: what Node, its pipes and the machine take by themselves, to stand beside the language server's figures.
const LINES = '\r\n\r\n';
let answers = {}, held = Buffer.alloc(0);
function send(message) {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(text)}${LINES}${text}`);
}
function take({ id, method, params }) {
  if (method === 'exit') process.exit(0);
  if (method === 'initialize') answers = params.initializationOptions ?? {};
  const { uri, version } = params?.textDocument ?? {};
  if (method === 'textDocument/didOpen' || method === 'textDocument/didChange') send({ method: 'textDocument/publishDiagnostics', params: { uri, version, diagnostics: [] } });
  if (id !== undefined && method !== undefined) send({ id, result: method === 'initialize' ? { capabilities: {} } : answers[method] ?? null });
}
process.stdin.on('data', (bytes) => {
  held = Buffer.concat([held, bytes]);
  for (let head = held.indexOf(LINES); head >= 0; head = held.indexOf(LINES)) {
    const end = head + LINES.length + Number(/Content-Length: (\d+)/i.exec(held.subarray(0, head).toString())[1]);
    if (held.length < end) return;
    const text = held.subarray(head + LINES.length, end).toString();
    held = held.subarray(end);
    take(JSON.parse(text));
  }
});
process.stdin.on('end', () => process.exit(0));
