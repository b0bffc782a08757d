// Registers and runtime fields beside assembly lines while stepping, and hovers over them.
// Must stay true: only what stands on the line is shown, under the name that stands there.

import * as vscode from 'vscode';
import { operandsOf } from './assembly-operands';

/** Lines above the stop that keep their values in sight. */
const LINES_ABOVE = 12;
const ASSEMBLY: vscode.DocumentSelector = { language: 'go.asm', scheme: 'file' };

export function registerAssemblyValues(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerInlineValuesProvider(ASSEMBLY, {
      provideInlineValues(document, viewPort, context) {
        if (vscode.debug.activeDebugSession?.type !== 'gobuf' || !vscode.workspace.getConfiguration('gobuf').get('inlineValues', true)) return [];
        const stop = context.stoppedLocation.start.line;
        const values: vscode.InlineValue[] = [];
        for (let line = Math.max(viewPort.start.line, stop - LINES_ABOVE); line <= Math.min(stop, viewPort.end.line, document.lineCount - 1); line++) {
          const { text } = document.lineAt(line);
          if (line < stop && /^TEXT\b|^\S+:/.test(document.lineAt(line + 1).text)) values.length = 0;
          const seen = new Set<string>();
          for (const { start, end, expression } of operandsOf(text)) {
            if (seen.has(expression)) continue;
            seen.add(expression);
            values.push(new vscode.InlineValueEvaluatableExpression(new vscode.Range(line, start, line, end), expression));
          }
        }
        return values;
      },
    }),
    vscode.languages.registerEvaluatableExpressionProvider(ASSEMBLY, {
      provideEvaluatableExpression(document, position) {
        const at = operandsOf(document.lineAt(position.line).text).find(({ start, end }) => start <= position.character && position.character < end);
        return at && new vscode.EvaluatableExpression(new vscode.Range(position.line, at.start, position.line, at.end), at.expression);
      },
    }),
  );
}
