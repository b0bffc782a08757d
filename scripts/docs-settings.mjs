// Writes docs/settings.md out of package.json: settings, commands, keys, launch attributes, tasks and views, each with its own description.
// Must stay true: `--check` fails where the file is not what this script would write. Nothing is said here that package.json does not say.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './setup.mjs';

const file = path.join(root, 'docs', 'settings.md');
const cell = (text) => String(text ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (value) => (value === undefined ? '' : `\`${JSON.stringify(value).replaceAll('|', '\\|')}\``);
const table = (head, rows) => [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)].join('\n');

/** Description, with the meaning of each value where there are several. */
function meaning(property) {
  const text = property.markdownDescription ?? property.description ?? '';
  const values = property.enum?.map((value, index) => (property.enumDescriptions?.[index] ? `\`${value}\`: ${property.enumDescriptions[index]}` : `\`${value}\``)) ?? [];
  return [text, ...(values.length > 0 ? [values.join(property.enumDescriptions ? ' ' : ', ')] : [])].join(' ');
}
const properties = (given, hasDefault = true) => table(['Name', ...(hasDefault ? ['Default'] : []), 'Meaning'], Object.entries(given).map(([name, property]) => [`\`${name}\``, ...(hasDefault ? [code(property.default)] : []), meaning(property)]));

export function settingsPage() {
  const { contributes } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  /** Without what takes a view away for a moment only (client/src/views/page-watch.ts). */
  const shown = (when = '') => { const rest = when.replace(/(^| && )gobuf\.reloading != '[\w.]+'$/, ''); return rest ? `\`${rest}\`` : 'always'; };
  const hidden = new Set(contributes.menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command));
  const key = (command) => contributes.keybindings.filter((each) => each.command === command).map((each) => `\`${each.key}\``).join(', ');
  const groups = Array.isArray(contributes.configuration) ? contributes.configuration : [contributes.configuration];
  const titles = Object.fromEntries(contributes.commands.map(({ command, title }) => [command, title]));
  return [
    '# Settings, commands, views', 'Written by `npm run docs` out of package.json.',
    '## Settings', ...groups.map((group) => properties(group.properties)),
    '## Commands', 'In the command palette under `gobuf`; those without a key can be given one.', table(['Command', 'Title', 'Key'], contributes.commands.filter(({ command }) => !hidden.has(command)).map(({ command, title }) => [`\`${command}\``, title, key(command)])),
    'In menus only:', table(['Command', 'Title'], [...hidden].map((command) => [`\`${command}\``, titles[command]])),
    '## Views', table(['View', 'Shown'], Object.values(contributes.views).flat().map(({ name, when }) => [name, shown(when)])),
    '## Editors', table(['Editor', 'Of files'], contributes.customEditors.map(({ displayName, selector }) => [displayName, selector.map(({ filenamePattern }) => `\`${filenamePattern}\``).join(', ')])),
    '## Launch configurations', 'Of type `gobuf`, request `launch`. More on the [debug adapter](dap.md).', properties(contributes.debuggers[0].configurationAttributes.launch.properties),
    '## Tasks', 'Of type `gobuf`: `go build` for linux/amd64 with `CGO_ENABLED=0`. The problem matcher `$gobuf-go` reads what go build, go tool asm and go vet say.', properties(contributes.taskDefinitions[0].properties),
    '',
  ].join('\n\n').replace(/\n+$/, '\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) fs.writeFileSync(file, settingsPage());
  else if (fs.readFileSync(file, 'utf8') !== settingsPage()) {
    console.error('docs/settings.md is not what package.json says: run npm run docs.');
    process.exitCode = 1;
  }
}
