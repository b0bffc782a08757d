// The lint rules that hold the architecture: imports go one way (emulator ← server ← debug-adapter, client takes types only), the
// pure folders touch no host, and each third-party protocol package is imported in one folder only.
import tseslint from 'typescript-eslint';

const HOST_MODULES = { group: ['node:*', 'fs', 'path', 'os', 'child_process', 'net', 'http', 'worker_threads', 'vscode'], message: 'Host services come in by interface: this folder runs in a browser as it is.' };
const HOST_GLOBALS = ['process', 'Buffer', 'console', 'window', 'document', 'navigator', 'setImmediate', 'require', '__dirname', '__filename', 'performance', 'fetch', 'setTimeout', 'setInterval']
  .map((name) => ({ name, message: 'Host services come in by interface: this folder is pure and deterministic.' }));
const CLOCK = ['error', { object: 'Date', property: 'now', message: 'Time comes in by interface: this folder is deterministic.' }, { object: 'Math', property: 'random', message: 'Random numbers come from the seed: this folder is deterministic.' }];
const PROTOCOL = { group: ['@vscode/debugadapter', '@vscode/debugadapter/*'], message: 'Only debug-adapter/src/dap speaks the debug adapter protocol.' };
const LSP = { group: ['vscode-languageserver', 'vscode-languageserver/*', 'vscode-languageserver-*'], message: 'Only server/src/lsp speaks the language server protocol.' };
const no = (name) => ({ group: [`@gobuf/${name}`, `@gobuf/${name}/*`, `**/${name}/src/**`], message: 'Imports go one way: emulator ← server ← debug-adapter; client takes types of the protocol files only.' });
/** Type-only imports pass: they leave no trace at run time. */
const typesPass = (pattern) => ({ ...pattern, allowTypeImports: true });
const imports = (...patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns }] });
const TESTS = ['**/*.test.ts', '**/testing/**'];

export default tseslint.config(
  { ignores: ['**/node_modules/**', 'dist/**', 'out/**', 'examples/**', 'test/programs/**', '**/*.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-debugger': 'error',
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-constant-binary-expression': 'error',
      'no-self-compare': 'error',
      'no-unreachable': 'error',
      'no-duplicate-case': 'error',
    },
  },
  { files: ['emulator/src/**/*.ts'], ignores: TESTS, rules: { ...imports(HOST_MODULES, PROTOCOL, LSP, no('server'), no('debug-adapter'), no('client')), 'no-restricted-globals': ['error', ...HOST_GLOBALS], 'no-restricted-properties': CLOCK } },
  { files: ['emulator/**/*.test.ts', 'emulator/**/testing/**'], rules: imports(no('server'), no('debug-adapter'), no('client')) },
  { files: ['server/src/**/*.ts'], ignores: [...TESTS, 'server/src/lsp/**'], rules: { ...imports(HOST_MODULES, PROTOCOL, LSP, no('debug-adapter'), no('client')), 'no-restricted-globals': ['error', ...HOST_GLOBALS], 'no-restricted-properties': CLOCK } },
  { files: ['server/src/lsp/**/*.ts'], rules: imports(PROTOCOL, no('debug-adapter'), no('client')) },
  { files: ['debug-adapter/src/**/*.ts'], ignores: [...TESTS, 'debug-adapter/src/dap/**', 'debug-adapter/src/web/**', 'debug-adapter/src/command/**'], rules: { ...imports(HOST_MODULES, PROTOCOL, LSP, no('client')), 'no-restricted-globals': ['error', ...HOST_GLOBALS], 'no-restricted-properties': CLOCK } },
  { files: ['debug-adapter/src/dap/**/*.ts'], rules: imports(LSP, no('client')) },
  { files: ['debug-adapter/src/web/**/*.ts'], rules: imports(HOST_MODULES, PROTOCOL, LSP, no('client')) },
  { files: ['debug-adapter/src/command/**/*.ts'], rules: imports(PROTOCOL, LSP, no('client')) },
  { files: ['client/src/**/*.ts'], rules: imports(PROTOCOL, typesPass(no('emulator')), typesPass(no('server')), typesPass(no('debug-adapter'))) },
);
