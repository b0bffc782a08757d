// Every text that a user reads is there in each language, with the same placeholders, and the packaged manifest names a text for each key.
// A new text in package.json or in a `vscode.l10n.t('…')` needs a line in l10n/zh-cn.json: `node scripts/localise.mjs` names those that lack one.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Docs { settingsPage(): string }
interface Localise { LANGUAGES: string[]; differences(language: string): object; localised(manifest: object): { manifest: object; files: [string, string][] } }
const script = '../../scripts/localise.mjs';
const { LANGUAGES, differences, localised } = (await import(script)) as Localise;

test.each(LANGUAGES)('%s has every text and no other', (language) => {
  expect(differences(language)).toEqual({ missing: [], unused: [], damaged: [] });
});

test('the packaged manifest has a text for each of its keys, in every language', () => {
  const { manifest, files } = localised(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as object);
  const keys = [...JSON.stringify(manifest).matchAll(/"%(text\.\d+)%"/g)].map(([, key]) => key!);
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
