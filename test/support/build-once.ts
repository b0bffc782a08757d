// vitest's global set-up: bundles the command once, so that the end-to-end suites always judge the code as it is.
// Must stay true: a failing build fails the run with esbuild's own message.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

export default function buildOnce(): void {
  const done = spawnSync(process.execPath, [path.join(import.meta.dirname, '../../scripts/build.mjs')], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`scripts/build.mjs failed:\n${done.stderr}`);
}
