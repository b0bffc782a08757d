// Every text that a user reads is there in each language, with the same placeholders, and the packaged manifest names a text for each key.
// A new text in package.json or in a `vscode.l10n.t('…')` needs a line in l10n/zh-cn.json: `node scripts/localise.mjs` names those that lack one.
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';

interface Docs { settingsPage(): string }
interface Localise { LANGUAGES: string[]; differences(language: string): object; localised(manifest: object): { manifest: object; files: [string, string][] } }
const script = '../../scripts/localise.mjs';
const { LANGUAGES, differences, localised } = (await import(script)) as Localise;

test.each(LANGUAGES)('%s has every text and no other', (language) => {
  expect(differences(language)).toEqual({ missing: [], unused: [], damaged: [] });
});

/** What is written to files, to the debugger and to CSS, and names of products: no text of the user interface. */
const NO_TEXT = new Set(['waiting chan main. P0', 'runtime.gogo, asm_amd64.s:412, 0x45acc0', 'GOOS=linux GOARCH=amd64 CGO_ENABLED=0 go build', 'go test -c', 'go build', 'go {} in {}\n{}{}', 'test -c', 'watch -w {}', 'gauge live', 'button, select', 'created by', 'starts at', 'idle Ps', 'idle Ms', 'SP on', '9px sans-serif', '{} page {}', '1, 0x1f, 2.5, true, "text", [1 2 3], make(64), nil, {1, 2}']);
/** Its words stand beside the debug adapter's own, which are English, and in files. */
const ENGLISH = /timeline-export\.ts$|trace-file\.ts$|page-html\.ts$/;

test('no text of two words and more is written without l10n.t', () => {
  const client = new URL('.', import.meta.url), found: string[] = [];
  for (const name of readdirSync(client, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts') || ENGLISH.test(name)) continue;
    const source = ts.createSourceFile(name, readFileSync(new URL(name, client), 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || (ts.isPropertyAssignment(node) && ts.isStringLiteral(node.name) && node.initializer.getText().includes('l10n.t('))) return;
      if (ts.isCallExpression(node) && /\bl10n\.t$/.test(node.expression.getText())) { node.arguments.slice(1).forEach(visit); return; }
      const text = ts.isStringLiteralLike(node) ? node.text : ts.isTemplateExpression(node) ? [node.head.text, ...node.templateSpans.map(({ literal }) => `{}${literal.text}`)].join('') : undefined;
      if (text !== undefined && /[A-Za-z]{2,}[,:;.]? [a-z]{2,}/.test(text) && !NO_TEXT.has(text)) found.push(`${name}: ${text}`);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  expect(found).toEqual([]);
});

test('the packaged manifest has a text for each of its keys, in every language', () => {
  const { manifest, files } = localised(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as object);
  const keys = [...JSON.stringify(manifest).matchAll(/"%((?:text\.|page\.)\w+)%"/g)].map(([, key]) => key!);
  expect(keys.length).toBeGreaterThan(100);
  const texts = files.filter(([name]) => name.startsWith('package.nls'));
  expect(texts.map(([name]) => name)).toEqual(['package.nls.json', ...LANGUAGES.map((language) => `package.nls.${language}.json`)]);
  for (const [, text] of texts) expect(Object.keys(JSON.parse(text) as object).sort()).toEqual([...new Set(keys)].sort());
});

test('docs/settings.md is what package.json says (npm run docs)', async () => {
  const docs = '../../scripts/docs-settings.mjs';
  const { settingsPage } = (await import(docs)) as Docs;
  expect(readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')).toBe(settingsPage());
});
