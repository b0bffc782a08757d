// Prints the coverage of the instruction table (see coverage.ts). Must stay true: reads only.

import { runTool } from './fuzz-cpu.mjs';

await runTool('coverage');
