// Makes console output in a test a failure: it hides what matters in a test run, and in a debug adapter or language server on
// stdio it would corrupt the protocol.
import { afterEach, beforeEach } from 'vitest';

const METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
let written: string[] = [];

for (const method of METHODS) {
  console[method] = (...words: unknown[]) => { written.push(`console.${method}: ${words.map(String).join(' ')}`); };
}
beforeEach(() => { written = []; });
afterEach(() => {
  const lines = written;
  written = [];
  if (lines.length > 0) throw new Error(`the test wrote to the console:\n${lines.slice(0, 5).join('\n')}`);
});
