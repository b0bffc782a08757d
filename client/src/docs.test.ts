// Nothing that the extension contributes is missing in the documentation, and the documentation shows nothing that is not there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url), read = (file: string): string => readFileSync(new URL(file, root), 'utf8');
interface Contributes {
  commands: { command: string; icon?: string }[]; views: Record<string, { name: string }[]>; configuration: { properties: object } | { properties: object }[]; customEditors: { displayName: string }[]; keybindings: { command: string; key: string }[];
  debuggers: { configurationAttributes: { launch: { properties: object } } }[]; taskDefinitions: { properties: object }[]; menus: Record<string, { command: string }[]>;
}
const { contributes } = JSON.parse(read('package.json')) as { contributes: Contributes };
const without = (text: string, names: string[]): string[] => names.filter((name) => !text.includes(name));

test('docs/settings.md names every command, setting, launch attribute and task attribute', () => {
  const settings = [contributes.configuration].flat().flatMap(({ properties }) => Object.keys(properties)), attributes = [...contributes.debuggers.map(({ configurationAttributes }) => configurationAttributes.launch), ...contributes.taskDefinitions].flatMap(({ properties }) => Object.keys(properties));
  expect(settings.length * attributes.length).toBeGreaterThan(100);
  expect(without(read('docs/settings.md'), [...contributes.commands.map(({ command }) => command), ...settings, ...attributes].map((name) => `\`${name}\``))).toEqual([]);
});
test('docs/views.md says what every view and editor shows', () => {
  expect(without(read('docs/views.md'), [...Object.values(contributes.views).flat().map(({ name }) => name), ...contributes.customEditors.map(({ displayName }) => displayName)])).toEqual([]);
});
test('every way through time has a command, an icon, a key and a place in a view\'s title', () => {
  for (const id of ['stepInstruction', 'stepInstructionBack', 'stepLineBack', 'nextSwitch', 'lastSwitch', 'nextEvent', 'lastEvent']) { // a line forward is VS Code's own
    const command = `gobuf.${id}`;
    expect([id, contributes.commands.find((each) => each.command === command)?.icon, contributes.keybindings.filter((each) => each.command === command).length, contributes.menus['view/title']!.some((each) => each.command === command)]).toEqual([id, expect.stringMatching(/^\$\(/), 1, true]);
  }
});
test('pictures and files that the documentation names are there, and every picture is shown', () => {
  const pages = ['README.md', ...readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)], named = new Set<string>(), missing: string[] = [];
  for (const page of pages) for (const [, link] of read(page).matchAll(/(?:\]\(|src="|srcset=")(?!https?:|#)([^)"#\s]+)/g)) {
    const file = new URL(link!, new URL(page, root));
    named.add(file.href);
    if (!existsSync(file)) missing.push(`${page}: ${link}`);
  }
  expect(missing).toEqual([]);
  // Dark and high-contrast pictures stand beside the light one of the same name.
  const stems = new Set([...named].map((href) => /\/images\/(.*)-(?:light|dark|contrast)\.png$/.exec(href)?.[1]));
  expect(readdirSync(new URL('docs/images/', root)).filter((name) => !stems.has(name.replace(/-(?:light|dark|contrast)\.png$/, '')))).toEqual([]);
});
