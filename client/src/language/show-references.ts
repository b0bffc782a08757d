// The command of the code lenses that the language server makes: the places that refer to a function, as VS Code shows them.

import * as vscode from 'vscode';

interface RawPosition { line: number; character: number }
interface RawLocation { uri: string; range: { start: RawPosition; end: RawPosition } }

/** The command of code lenses: places as LSP has them. */
export function registerShowReferences(): vscode.Disposable {
  return vscode.commands.registerCommand('gobuf.showReferences', (uri: string, at: RawPosition, places: RawLocation[]) => {
    const position = ({ line, character }: RawPosition) => new vscode.Position(line, character);
    const locations = places.map((place) => new vscode.Location(vscode.Uri.parse(place.uri), new vscode.Range(position(place.range.start), position(place.range.end))));
    return vscode.commands.executeCommand('editor.action.goToLocations', vscode.Uri.parse(uri), position(at), locations, 'peek');
  });
}
