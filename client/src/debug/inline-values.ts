// What stands beside assembly lines while stepping: what the lines before did, what the present one will change; and hovers.
// Must stay true: only what the machine itself did or would do is shown; where the adapter cannot say, registers by the names on the line.

import * as vscode from 'vscode';
import type { GobufRequests } from '../../../debug-adapter/src/dap/protocol';
import { operandAt, operandsOf } from './assembly-operands';
import { doneByLine, told, will } from './effect-text';

type Effects = GobufRequests['gobuf/effects'][1];
/** Instructions whose effects are kept in sight. */
const COUNT = 48;
/** Also what the debugger itself gives, and files of a browser's workspace. */
const ASSEMBLY: vscode.DocumentSelector = { language: 'go.asm' };

async function effects(session: vscode.DebugSession): Promise<Effects | undefined> {
  try { return await session.customRequest('gobuf/effects', { count: COUNT }) as Effects; } catch { return undefined; }
}

export const assemblyValues: vscode.InlineValuesProvider = {
  async provideInlineValues(document, viewPort, context, token) {
    const session = vscode.debug.activeDebugSession;
    if (session?.type !== 'gobuf' || !vscode.workspace.getConfiguration('gobuf').get('inlineValues', true)) return [];
    const stop = context.stoppedLocation.start.line, values: vscode.InlineValue[] = [];
    const text = stop < document.lineCount ? document.lineAt(stop).text : '', seen = new Set<string>();
    for (const { start, end, expression } of operandsOf(text)) {
      if (seen.has(expression)) continue;
      seen.add(expression);
      values.push(new vscode.InlineValueEvaluatableExpression(new vscode.Range(stop, start, stop, end), expression));
    }
    const found = await effects(session);
    if (!found || token.isCancellationRequested) return values;
    // What the debugger gives has its path as the debugger wrote it.
    const file = document.uri.scheme === 'debug' ? document.uri.path : document.uri.fsPath;
    const at = (line: number, words: string): void => { values.push(new vscode.InlineValueText(new vscode.Range(line, 0, line, document.lineAt(line).text.length), words)); };
    for (const [line, words] of doneByLine(found.done, file, stop + 1)) if (line - 1 >= viewPort.start.line && line - 1 <= viewPort.end.line && line <= document.lineCount) at(line - 1, words);
    const { next } = found;
    if (next && next.file === file && next.line === stop + 1) { const changes = told(next.changes); if (changes.length > 0) at(stop, changes.map(will).join('   ')); }
    return values;
  },
};

export function registerAssemblyValues(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerInlineValuesProvider(ASSEMBLY, assemblyValues),
    vscode.languages.registerEvaluatableExpressionProvider(ASSEMBLY, {
      provideEvaluatableExpression(document, position) {
        const at = operandAt(document.lineAt(position.line).text, position.character);
        return at && new vscode.EvaluatableExpression(new vscode.Range(position.line, at.start, position.line, at.end), at.expression);
      },
    }),
  );
}
