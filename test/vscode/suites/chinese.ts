// Entry of the suite in Simplified Chinese.

import { runSuites } from './mocha';

export const run = (): Promise<void> => runSuites(() => { require('./chinese.suite'); });
