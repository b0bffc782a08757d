// Entry of the suite in a workspace that is not trusted.

import { runSuites } from './mocha';

export const run = (): Promise<void> => runSuites(() => { require('./untrusted.suite'); });
