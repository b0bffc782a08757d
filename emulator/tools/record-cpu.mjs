// Records what this CPU does (see record-cpu.ts). Must stay true: writes only testdata/cpu.

import { runTool } from './fuzz-cpu.mjs';

await runTool('record-cpu');
