// Takes the texts that users read out of package.json for the packaged extension: package.nls.json, and one file for each language in l10n/.
// Must stay true: package.json itself is in plain English; a translation is found by its English text (l10n/LANGUAGE.json), one list for the manifest
// and for `vscode.l10n.t` in the code. `--check` names texts without a translation and translations without a text.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './setup.mjs';

export const LANGUAGES = ['zh-cn'];
/** Fields of the manifest whose value a user reads. */
const READ = new Set(['title', 'shortTitle', 'category', 'label', 'description', 'markdownDescription', 'name', 'contents', 'altText', 'deprecationMessage', 'displayName']);
const READ_LISTS = new Set(['enumDescriptions', 'markdownEnumDescriptions', 'enumItemLabels']);

export const translations = (language) => JSON.parse(fs.readFileSync(path.join(root, 'l10n', `${language}.json`), 'utf8'));

/** Calls `visit(text, set, path)` for each text that a user reads. */
function eachText(manifest, visit) {
  const walk = (value, trail) => {
    if (!value || typeof value !== 'object') return;
    for (const [key, each] of Object.entries(value)) {
      const at = [...trail, key];
      // What a snippet or a first configuration inserts is the user's own text afterwards.
      if (['body', 'initialConfigurations', 'default', 'problemMatchers', 'problemPatterns'].includes(key)) continue;
      // A property called "name" is no text, it is what a user writes.
      if (typeof each === 'string' && READ.has(key)) visit(each, (text) => { value[key] = text; }, at);
      else if (Array.isArray(each) && READ_LISTS.has(key)) each.forEach((text, index) => visit(text, (changed) => { each[index] = changed; }, [...at, String(index)]));
      else walk(each, at);
    }
  };
  for (const field of ['displayName', 'description']) visit(manifest[field], (text) => { manifest[field] = text; }, [field]);
  walk(manifest.contributes, ['contributes']);
  for (const capability of Object.values(manifest.capabilities)) if (capability.description) visit(capability.description, (text) => { capability.description = text; }, ['capabilities']);
}

/** The manifest with keys for texts, and the files that hold the texts. */
export function localised(source) {
  const manifest = structuredClone(source), english = {}, keys = new Map();
  eachText(manifest, (text, set) => {
    if (!keys.has(text)) { keys.set(text, `text.${keys.size + 1}`); english[keys.get(text)] = text; }
    set(`%${keys.get(text)}%`);
  });
  // A page of the walkthrough is another file in another language.
  const pages = new Map();
  for (const step of manifest.contributes.walkthroughs.flatMap(({ steps }) => steps)) {
    const key = `page.${step.id}`;
    pages.set(key, step.media.markdown);
    english[key] = step.media.markdown;
    step.media.markdown = `%${key}%`;
  }
  const files = [['package.nls.json', JSON.stringify(english, null, 1)]];
  for (const language of LANGUAGES) {
    const known = translations(language);
    files.push([`package.nls.${language}.json`, JSON.stringify(Object.fromEntries(Object.entries(english).flatMap(([key, text]) => (pages.has(key) ? [[key, text.replace(/\.md$/, `.${language}.md`)]] : known[text] ? [[key, known[text]]] : []))), null, 1)]);
    files.push([`l10n/bundle.l10n.${language}.json`, JSON.stringify(Object.fromEntries(codeTexts().flatMap((text) => (known[text] ? [[text, known[text]]] : []))), null, 1)]);
  }
  manifest.l10n = './l10n';
  return { manifest, files };
}

/** The texts of `vscode.l10n.t('…')` in the client. */
export function codeTexts() {
  const found = new Set(), client = path.join(root, 'client', 'src');
  for (const name of fs.readdirSync(client, { recursive: true })) {
    if (!/\.ts$/.test(name) || /\.test\.ts$/.test(name)) continue;
    for (const [, quoted] of fs.readFileSync(path.join(client, name), 'utf8').matchAll(/\bl10n\.t\(\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/g)) found.add(quoted.slice(1, -1).replace(/\\(.)/g, '$1'));
  }
  return [...found].sort();
}

/** What a language lacks, and what it has for nothing. */
export function differences(language) {
  const wanted = new Set(codeTexts()), known = translations(language);
  eachText(JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')), (text) => wanted.add(text));
  const holes = (text) => [...text.matchAll(/\{\d+\}|\$\(\w[\w~-]*\)|\]\([^)]*\)/g)].map(([hole]) => hole).sort().join();
  return {
    missing: [...wanted].filter((text) => !known[text]),
    unused: Object.keys(known).filter((text) => !wanted.has(text)),
    damaged: [...wanted].filter((text) => known[text] && holes(text) !== holes(known[text])),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const language of LANGUAGES) {
    const { missing, unused, damaged } = differences(language);
    for (const [what, texts] of [['missing', missing], ['unused', unused], ['damaged', damaged]]) for (const text of texts) console.log(`${language} ${what}: ${JSON.stringify(text)}`);
    if (missing.length + unused.length + damaged.length > 0) process.exitCode = 1;
  }
}
