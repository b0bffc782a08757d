// One vitest configuration for every suite that needs no editor: `unit`, the tests beside the code, and `integration`, the end-to-end
// suites that drive the built command. A test that writes to the console fails (see test/support/no-console.ts).
import { defineConfig } from 'vitest/config';
import { relaxedSimdFlags } from './emulator/src/wasm/relaxed-simd-flags';

const shared = { setupFiles: ['test/support/no-console.ts'], pool: 'forks' as const, maxConcurrency: 2, testTimeout: 120_000, hookTimeout: 300_000 };

export default defineConfig({
  test: {
    poolOptions: { forks: { execArgv: relaxedSimdFlags(process.versions.v8) } },
    projects: [
      { test: { ...shared, name: 'unit', include: ['{emulator,server,debug-adapter,client}/src/**/*.test.ts'] } },
      { test: { ...shared, name: 'integration', include: ['test/integration/**/*.test.ts'], globalSetup: ['test/support/build-once.ts'] } },
    ],
  },
});
