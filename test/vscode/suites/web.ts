// Entry of the suite in a browser's extension host: no files and no Node there, so results leave through the page's log.
// Must stay true: the last line is `N passed, N failed, N skipped`; a rejected promise is a failure.

import 'mocha/mocha';

interface MochaTest { title: string; duration?: number }
interface Runner { on(event: 'test', listener: (test: MochaTest) => void): Runner; on(event: 'pass' | 'pending', listener: (test: MochaTest) => void): Runner; on(event: 'fail', listener: (test: MochaTest, error: Error) => void): Runner; on(event: 'end', listener: () => void): Runner }
declare const mocha: { setup(options: object): void; run(): Runner };

export function run(): Promise<void> {
  const say = (line: string): void => { console.log(`gobuf-result: ${line}`); };
  const count = { passed: 0, failed: 0, skipped: 0 };
  mocha.setup({ ui: 'bdd', timeout: 150_000, reporter: class {} });
  require('./web.suite');
  say('  in a browser');
  return new Promise((resolve, reject) => {
    mocha.run()
      .on('test', ({ title }) => console.log(`gobuf-now: ${title}`))
      .on('pass', ({ title, duration }) => { count.passed++; say(`    ok       ${title} (${duration} ms)`); })
      .on('pending', ({ title }) => { count.skipped++; say(`    skipped  ${title}`); })
      .on('fail', ({ title }, error) => { count.failed++; say(`    FAILED   ${title}: ${error.message}`); })
      .on('end', () => {
        say(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
        if (count.failed > 0 || count.passed === 0) reject(new Error(`${count.failed} failed`));
        else resolve();
      });
  });
}
