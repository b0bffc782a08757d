// Runs mocha over suites inside VS Code and writes results to a file, since the workbench's log is full of other things.
// Must stay true: the last line is `N passed, N failed, N skipped`; a rejected promise is a failure.

import * as fs from 'node:fs';
import * as path from 'node:path';
import type MochaClass from 'mocha';

/** A window that has stopped doing anything fails every test after a minute: it would take the whole run's time, and its words with it. */
const MOST_IN_A_ROW = 4;

/** `load` requires the files that hold the suites. */
export async function runSuites(load: () => void): Promise<void> {
  const results = process.env['GOBUF_TEST_RESULTS'] ?? '', grep = process.env['GOBUF_TEST_GREP'];
  const Mocha = require(process.env['GOBUF_TEST_MOCHA'] ?? 'mocha') as typeof MochaClass;
  const say = (line: string): void => { if (results) fs.appendFileSync(results, `${line}\n`); };
  const asks = process.env['GOBUF_TEST_ASKS'];
  let inARow = 0;
  const count = { passed: 0, failed: 0, skipped: 0 };
  class Lines {
    constructor(runner: MochaClass.Runner) {
      runner.on('suite', (suite: MochaClass.Suite) => { if (suite.title) say(`  ${suite.fullTitle()}`); });
      // Where it is, should it never come to an end.
      const now = (test: MochaClass.Test | MochaClass.Hook): void => { if (results) fs.writeFileSync(`${results}.now`, test.fullTitle()); };
      runner.on('test', now);
      runner.on('hook', now);
      runner.on('pass', (test: MochaClass.Test) => { count.passed++; say(`    ok       ${test.title} (${test.duration} ms)`); });
      runner.on('pending', (test: MochaClass.Test) => { count.skipped++; say(`    skipped  ${test.title}`); });
      runner.on('pass', () => { inARow = 0; });
      runner.on('fail', (test: MochaClass.Test, error: Error) => {
        count.failed++;
        // The runner says how the window is (window.mjs), which is not waited for.
        if (asks) { fs.writeFileSync(path.join(asks, `${count.failed}.new`), test.fullTitle()); fs.renameSync(path.join(asks, `${count.failed}.new`), path.join(asks, `${count.failed}.failed`)); }
        say(`    FAILED   ${test.title}\n${(error.stack ?? error.message).replace(/^/gm, '             ')}`);
        if (++inARow === MOST_IN_A_ROW) { say(`    FAILED   the rest: ${inARow} tests failed one after the other, so nothing more is tried`); runner.abort(); }
      });
    }
  }
  const mocha = new Mocha({ ui: 'bdd', timeout: 150_000, reporter: Lines as unknown as MochaClass.ReporterConstructor, ...(grep ? { grep } : {}) });
  mocha.suite.emit('pre-require', globalThis as unknown as MochaClass.MochaGlobals, '', mocha);
  load();
  await new Promise<void>((resolve) => { mocha.run(() => resolve()); });
  say(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  if (count.failed > 0 || count.passed === 0) throw new Error(`${count.failed} failed`);
}
