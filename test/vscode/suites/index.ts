// Entry of the suites inside VS Code, in a workspace that is trusted.

import { runSuites } from './mocha';

export const run = (): Promise<void> => runSuites(() => {
  require('./extension.suite');
  require('./language.suite');
  require('./debug.suite');
  require('./views.suite');
  require('./tours.suite');
  require('./pictures.suite');
  require('./trace.suite');
  require('./without-go.suite');
  require('./proof.suite');
  require('./product.suite');
  require('./gallery.suite');
});
