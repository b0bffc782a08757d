// Where Go's sources are looked for, and in which order.
import { expect, test } from 'vitest';
import { findGoRoot, NEWEST_MINOR } from './goroot';

const files = (present: Record<string, string>) => ({ read: (path: string) => present[path], list: () => undefined });
const OLD = { '/old/VERSION': 'go1.21.3\ntime …' };
const OWN = { '/home/me/sdk/go1.25/VERSION': 'go1.25.1' };

test.each([
  ['the environment first', { ...OLD, ...OWN }, '/old', ['/home/me/sdk/go1.25'], { path: '/old', minor: 21 }],
  ['then the places given', { ...OLD, ...OWN, '/usr/local/go/VERSION': 'go1.20' }, '/gone', ['/home/me/sdk/go1.25'], { path: '/home/me/sdk/go1.25', minor: 25 }],
  ['then the usual ones', { '/usr/local/go/VERSION': 'go1.20' }, undefined, ['/nowhere'], { path: '/usr/local/go', minor: 20 }],
  ['a tree without a version', { '/tip/src/runtime/textflag.h': '' }, '/tip', [], { path: '/tip', minor: NEWEST_MINOR }],
  ['backslashes', { 'C:/sdk/go/VERSION': 'go1.26' }, 'C:\\sdk\\go', [], { path: 'C:/sdk/go', minor: 26 }],
  ['nothing', {}, undefined, [], undefined],
] as const)('%s', (_, present, environment, further, wanted) => {
  expect(findGoRoot(environment, files(present as Record<string, string>), further)).toEqual(wanted);
});
