// The moment at which the program is stopped, in the status bar: instruction number and virtual time.

import * as vscode from 'vscode';
import type { Sessions, View } from '../debug/sessions';
import { grouped, milliseconds } from './words';

export function registerStatusBar(sessions: Sessions): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('gobuf.moment', vscode.StatusBarAlignment.Left, 50);
  item.name = 'gobuf: moment in the run';
  item.command = 'gobuf.goToInstruction';
  const show = ({ session, stopped, moment }: View): void => {
    if (!session) { item.hide(); return; }
    if (!stopped || !moment) item.text = '$(loading~spin) running';
    else {
      item.text = `$(history) instruction ${grouped(moment.instruction)} · ${milliseconds(moment.virtualTime)}`;
      item.tooltip = `The program has executed ${grouped(moment.instruction)} instructions in ${milliseconds(moment.virtualTime)} of its own time. Every moment since instruction ${grouped(moment.first)} can be gone back to.`;
      item.accessibilityInformation = { label: `instruction ${moment.instruction}`, role: 'button' };
    }
    item.show();
  };
  return vscode.Disposable.from(item, sessions.onDidChange(show));
}
