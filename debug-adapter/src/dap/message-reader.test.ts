// Messages come out of a stream whole, once and in order, however it is cut, with plain headers and others, whether somebody knows them already or not.
import { expect, test } from 'vitest';
import { MessageReader } from './message-reader';

test('a stream cut anywhere gives its messages once and in order', () => {
  let state = 1;
  const random = (below: number): number => { state = (Math.imul(state, 1103515245) + 12345) >>> 0; return (state >>> 8) % below; };
  for (let round = 0; round < 300; round++) {
    const messages = Array.from({ length: 1 + random(6) }, (_, i) => ({ seq: i, text: ['', 'plain', 'ü€😀', 'a\r\n\r\nContent-Length: 3\r\n\r\n{}'][random(4)] }));
    const stream = Buffer.concat(messages.map((message) => {
      const body = Buffer.from(JSON.stringify(message)), length = body.length;
      const header = [`Content-Length: ${length}`, `content-length:${length}`, `Content-Type: x\r\nContent-Length: ${length}`, `Content-Length: 0${length}`][random(4)]!;
      return Buffer.concat([Buffer.from(`${header}\r\n\r\n`), body]);
    }));
    const got: unknown[] = [], answered: unknown[] = [];
    const reader = new MessageReader((message) => got.push(message), (text) => {
      const known = random(2) === 0;
      if (known) got.push(JSON.parse(Buffer.from(text, 'latin1').toString('utf8')));
      answered.push(known);
      return known;
    });
    for (let at = 0; at < stream.length;) {
      // What is given is overwritten afterwards.
      const size = [1 + random(5), 1 + random(60), stream.length][random(3)]!, piece = Buffer.from(stream.subarray(at, at + size));
      reader.take(piece);
      piece.fill(0);
      at += size;
    }
    expect(got).toEqual(messages);
  }
});

test('what is no JSON is an error, and what comes after it is still read', () => {
  const got: unknown[] = [], reader = new MessageReader((message) => got.push(message));
  expect(() => reader.take(Buffer.from('Content-Length: 2\r\n\r\n{{Content-Length: 2\r\n\r\n{}'))).toThrow(SyntaxError);
  reader.take(Buffer.alloc(0));
  expect(got).toEqual([{}]);
});
