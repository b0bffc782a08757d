// Leaves out what another language server has answered already: the Go extension's gopls knows some symbols of assembly too.
// Must stay true: what only gobuf knows is always shown; a question that gobuf asks the others never comes back to gobuf.

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

type Place = vscode.Location | vscode.LocationLink;

/** Whether another server may answer for assembly: the Go extension is at work, or the setting says so. */
function othersAnswer(): boolean {
  const setting = vscode.workspace.getConfiguration().get<string>('gobuf.languageServer.leaveOutDuplicates', 'auto');
  return setting === 'always' || (setting === 'auto' && vscode.extensions.getExtension('golang.go')?.isActive === true);
}

const keyOf = (place: Place): string => ('targetUri' in place ? `${place.targetUri.toString()}:${(place.targetSelectionRange ?? place.targetRange).start.line}` : `${place.uri.toString()}:${place.range.start.line}`);

export function besideGopls(): Middleware {
  /** Set while the others are asked: VS Code asks gobuf too then. */
  let asking = false;
  const others = async <T>(command: string, uri: vscode.Uri, position: vscode.Position): Promise<T[]> => {
    asking = true;
    try {
      return (await vscode.commands.executeCommand<T[] | undefined>(command, uri, position)) ?? [];
    } catch {
      return [];
    } finally {
      asking = false;
    }
  };
  const places = async (own: vscode.ProviderResult<vscode.Location[]>, command: string, document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Location[]> => {
    const found = await own;
    // A server that has one place may answer with it alone.
    const mine = Array.isArray(found) ? found : found ? [found as vscode.Location] : [];
    if (mine.length === 0 || !othersAnswer()) return mine;
    const theirs = new Set((await others<Place>(command, document.uri, position)).map(keyOf));
    return mine.filter((place) => !theirs.has(keyOf(place)));
  };
  return {
    provideDefinition: async (document, position, token, next) => (asking ? [] : (await places(next(document, position, token) as vscode.ProviderResult<vscode.Location[]>, 'vscode.executeDefinitionProvider', document, position))),
    provideReferences: async (document, position, context, token, next) => (asking ? [] : places(next(document, position, context, token), 'vscode.executeReferenceProvider', document, position)),
    async provideHover(document, position, token, next) {
      if (asking) return undefined;
      const own = await next(document, position, token);
      if (!own || !othersAnswer()) return own;
      const word = document.getText(document.getWordRangeAtPosition(position));
      // A symbol's Go signature is what gopls shows as well; everything else is gobuf's alone.
      const isSymbol = own.contents.some((content) => /^```go\n(func|var)\b/.test(typeof content === 'string' ? content : content.value));
      if (!isSymbol) return own;
      const theirs = await others<vscode.Hover>('vscode.executeHoverProvider', document.uri, position);
      const name = word.split(/[·∕]/).at(-1) ?? word;
      return theirs.some(({ contents }) => contents.some((content) => (typeof content === 'string' ? content : content.value).includes(name))) ? undefined : own;
    },
    async provideDocumentHighlights(document, position, token, next) {
      if (asking) return [];
      const own = await next(document, position, token);
      if (!own?.length || !othersAnswer()) return own;
      const theirs = new Set((await others<vscode.DocumentHighlight>('vscode.executeDocumentHighlights', document.uri, position)).map(({ range }) => `${range.start.line}:${range.start.character}`));
      return own.filter(({ range }) => !theirs.has(`${range.start.line}:${range.start.character}`));
    },
  };
}
