// The guest's view of the host's files ends at the folders it was given, whatever links and dots say.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confinedFiles } from './files';

let root = '', open = '', secret = '';
beforeAll(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-files-')));
  open = path.join(root, 'open');
  secret = path.join(root, 'secret');
  fs.mkdirSync(path.join(open, 'sub'), { recursive: true });
  fs.mkdirSync(secret);
  fs.writeFileSync(path.join(open, 'a.txt'), 'content');
  fs.writeFileSync(path.join(secret, 'key'), 'key');
  fs.symlinkSync('a.txt', path.join(open, 'inside'));
  fs.symlinkSync(path.join(secret, 'key'), path.join(open, 'outside'));
  fs.symlinkSync(secret, path.join(open, 'door'));
  fs.mkdirSync(path.join(root, 'opener'));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

test('sees files, folders and links of its own folder', () => {
  const files = confinedFiles([open]);
  expect(files.stat(path.join(open, 'a.txt'))).toMatchObject({ kind: 'file', size: 7 });
  expect(files.stat(path.join(open, 'sub'))).toMatchObject({ kind: 'directory' });
  expect(files.stat(path.join(open, 'inside'))).toMatchObject({ kind: 'symlink' });
  expect(files.readLink!(path.join(open, 'inside'))).toBe('a.txt');
  expect(Buffer.from(files.read(path.join(open, 'a.txt'))!).toString()).toBe('content');
  expect(files.list(open)).toEqual(['a.txt', 'door', 'inside', 'outside', 'sub']);
  expect(files.list(path.join(open, 'a.txt'))).toBeUndefined();
});

test('sees nothing outside, by dots, links or a similar name', () => {
  const files = confinedFiles([open]);
  for (const name of ['../secret/key', 'door/key', '../opener', 'sub/../../secret/key', '/etc/passwd']) {
    const full = name.startsWith('/') ? name : `${open}/${name}`;
    expect(files.stat(full), name).toBeUndefined();
    expect(files.read(full), name).toBeUndefined();
    expect(files.list(full), name).toBeUndefined();
  }
  expect(files.read(path.join(open, 'outside'))).toBeUndefined();
});

test('folders on the way to its own are there and show nothing else', () => {
  const files = confinedFiles([open]);
  expect(files.stat(root)).toMatchObject({ kind: 'directory' });
  expect(files.list(root)).toEqual(['open']);
  expect(files.stat('/')).toMatchObject({ kind: 'directory' });
});
