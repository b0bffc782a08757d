// The tours that can be started: those of the extension, in the order of their stories, and those of the workspace (*.tour.yaml).
// Must stay true: only a tour's head is read here; the debug adapter judges the file when it is opened, and says where it is wrong.

import * as vscode from 'vscode';
import { translated, type Translation } from './translate';

export interface TourFile {
  uri: vscode.Uri;
  /** As complaints name it. */
  file: string;
  /** What the adapter is given. */
  text: string;
  title: string;
  about: string;
  story: number | undefined;
  bundled: boolean;
  program: { example?: string; runtime: boolean; args: string[]; env: Record<string, string>; procs?: number; seed?: number };
}

const ENDING = /\.tour\.ya?ml$/;
/** Languages that the tours are translated to: folders in tours/. */
const LANGUAGES = new Set(['zh-cn']);
const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {});
const words = (value: unknown, otherwise: string): string => (typeof value === 'string' && value.trim() !== '' ? value.replace(/\s+/g, ' ').trim() : otherwise);

export async function headOf(source: string, name: string): Promise<Omit<TourFile, 'uri' | 'file' | 'bundled' | 'text'>> {
  const { parse } = await import('yaml'); // large, and not needed to activate
  let head: Record<string, unknown> = {};
  try { head = record(parse(source, { logLevel: 'silent' })); } catch { /* the adapter will say where it is wrong */ }
  const program = record(head['program']);
  const number = (key: string): Record<string, number> => (typeof program[key] === 'number' ? { [key]: program[key] } : {});
  return {
    title: words(head['title'], name.replace(ENDING, '')), about: words(head['about'], ''), story: typeof head['story'] === 'number' ? head['story'] : undefined,
    program: {
      ...(typeof program['example'] === 'string' ? { example: program['example'] } : {}), runtime: program['runtime'] === true,
      args: Array.isArray(program['args']) ? program['args'].map(String) : [], env: Object.fromEntries(Object.entries(record(program['env'])).map(([key, value]) => [key, String(value)])), ...number('procs'), ...number('seed'),
    },
  };
}

const decoded = async (uri: vscode.Uri): Promise<string> => new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));

/** A tour's text for the adapter: one of the extension's in the user's language, if it is there. */
async function textOf(uri: vscode.Uri, bundled: boolean): Promise<string> {
  const source = await decoded(uri), language = vscode.env.language.toLowerCase();
  if (!bundled || !LANGUAGES.has(language)) return source;
  const { parse } = await import('yaml'), folder = vscode.Uri.joinPath(uri, '..', language), name = uri.path.split('/').at(-1)!.replace(ENDING, '.yaml');
  const [translation, names] = await Promise.all([decoded(vscode.Uri.joinPath(folder, name)), decoded(vscode.Uri.joinPath(folder, 'names.yaml'))]);
  const tour = translated(parse(source) as object, parse(translation) as Translation, parse(names) as Record<string, string>);
  return tour ? JSON.stringify(tour) : source; // JSON is YAML too
}

async function read(uri: vscode.Uri, bundled: boolean): Promise<TourFile> {
  const name = uri.path.split('/').at(-1) ?? uri.path;
  const text = await textOf(uri, bundled);
  return { uri, file: bundled ? name : vscode.workspace.asRelativePath(uri), bundled, text, ...await headOf(text, name) };
}

export const toursFolder = (extension: vscode.Uri): vscode.Uri => vscode.Uri.joinPath(extension, 'dist', 'tours');

export async function tourFiles(extension: vscode.Uri): Promise<TourFile[]> {
  const folder = toursFolder(extension);
  const bundled = (JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, 'index.json')))) as string[]).map((name) => read(vscode.Uri.joinPath(folder, name), true));
  const own = (await vscode.workspace.findFiles('**/*.tour.{yaml,yml}', '**/{node_modules,dist}/**', 100)).map((uri) => read(uri, false));
  const order = (tour: TourFile): number => (tour.bundled ? tour.story ?? 0 : -1);
  return (await Promise.all([...own, ...bundled])).sort((a, b) => order(a) - order(b) || a.file.localeCompare(b.file));
}
