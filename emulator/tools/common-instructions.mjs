// Bundles and runs common-instructions.ts: `node emulator/tools/common-instructions.mjs BINARY…`.
import { runTool } from './fuzz-cpu.mjs';

await runTool('common-instructions');
