// The moment at which the program is stopped, in the status bar: instruction number and virtual time.

import * as vscode from 'vscode';
import type { Sessions, View } from '../debug/sessions';
import { grouped, milliseconds } from './words';

export function registerStatusBar(sessions: Sessions): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('gobuf.moment', vscode.StatusBarAlignment.Left, 50);
  item.name = vscode.l10n.t('gobuf: moment in the run');
  item.command = 'gobuf.goToInstruction';
  const show = ({ session, stopped, moment }: View): void => {
    if (!session) { item.hide(); return; }
    if (!stopped || !moment) item.text = vscode.l10n.t('$(loading~spin) running');
    else {
      item.text = vscode.l10n.t('$(history) instruction {0} · {1}', grouped(moment.instruction), milliseconds(moment.virtualTime));
      item.tooltip = vscode.l10n.t('The program has executed {0} instructions in {1} of its own time. Every moment since instruction {2} can be gone back to.', grouped(moment.instruction), milliseconds(moment.virtualTime), grouped(moment.first));
      item.accessibilityInformation = { label: vscode.l10n.t('instruction {0}', moment.instruction), role: 'button' };
    }
    item.show();
  };
  return vscode.Disposable.from(item, sessions.onDidChange(show));
}
