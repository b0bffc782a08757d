// Every tour is there in Chinese, step by step, with the places for values that its own text has; nothing but texts differs.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { translated, type Translation } from './translate';

const folder = new URL('../../../tours/', import.meta.url), read = (name: string): unknown => parse(readFileSync(new URL(name, folder), 'utf8'));
const tours = readdirSync(folder).filter((name) => name.endsWith('.tour.yaml')).map((name) => name.replace('.tour.yaml', '')), names = read('zh-cn/names.yaml') as Record<string, string>;
interface Tour { title: string; about: string; steps: { title: string; text: string | { text: string }[]; show?: { name?: string }[] }[] }
const holes = (text: string): string[] => [...text.matchAll(/\{[^}]+\}|\$\w+/g)].map(([hole]) => hole).sort();

describe('tours in Chinese', () => {
  it.each(tours)('%s', (name) => {
    const tour = read(`${name}.tour.yaml`) as Tour, chinese = translated(tour, read(`zh-cn/${name}.yaml`) as Translation, names) as Tour | undefined;
    expect((read(`zh-cn/${name}.yaml`) as Translation).steps.map(({ length }) => length)).toEqual(tour.steps.map(() => 2));
    if (!chinese) throw new Error('the translation has other steps than the tour');
    const texts = ({ title, about, steps }: Tour): string[] => [title, about, ...steps.flatMap((step) => [step.title, ...(typeof step.text === 'string' ? [step.text] : step.text.map(({ text }) => text))])];
    expect(texts(chinese).map(holes)).toEqual(texts(tour).map(holes));
    for (const text of texts(chinese)) expect(text).toMatch(/\p{Script=Han}|^(?:copystack|newproc|mcall|clone|fn|findRunnable|netpollblock|main\.main|time\.Sleep)$/u);
    const bare = ({ steps }: Tour): unknown => steps.map(({ title: _title, text: _text, show, ...rest }) => ({ ...rest, show: show?.map(({ name: _name, ...value }) => value) }));
    expect(bare(chinese)).toEqual(bare(tour));
  });
  it('every name that is translated is one of a tour', () => {
    const used = new Set(tours.flatMap((name) => (read(`${name}.tour.yaml`) as Tour).steps.flatMap(({ show }) => (show ?? []).map((each) => each.name))));
    expect(Object.keys(names).filter((name) => !used.has(name))).toEqual([]);
  });
  it('one that does not fit is not used', () => expect(translated({ title: 'a', steps: [] }, { title: 'b', about: '', steps: [['c', 'd']] }, {})).toBeUndefined());
});
