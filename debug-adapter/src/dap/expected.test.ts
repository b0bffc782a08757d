// What was expected is recognised letter for letter, alone and several at once, and answered with its own bytes and numbers; nothing else is.
import { describe, expect, test } from 'vitest';
import { Expected } from './expected';
import type { Exchange } from './expected';

const message = (text: string): string => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const EXCHANGES: Exchange[] = [
  { words: '{"seq":,"command":"stepIn"}', answers: (number) => [`,"to":${number}}`, ',"event":"stopped"}'] },
  { words: '{"command":"threads","seq":}', answers: (number) => [`,"to":${number},"name":"Grüße, 世界 😀"}`] },
  { words: '{"command":"scopes","seq":}', answers: (number) => [`,"to":${number}}`] },
];
const REQUESTS = ['{"seq":99,"command":"stepIn"}', '{"command":"threads","seq":100}', '{"command":"scopes","seq":101}'].map(message);
const ANSWERS = [message('{"seq":8,"to":99}') + message('{"seq":9,"event":"stopped"}'), message('{"seq":10,"to":100,"name":"Grüße, 世界 😀"}'), message('{"seq":11,"to":101}')];
const begin = (): Expected => new Expected(EXCHANGES, 8, 99);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('an expected talk', () => {
  test('one request at a time', () => {
    const talk = begin(), sequences: number[] = [];
    for (const [i, request] of REQUESTS.entries()) {
      sequences.push(talk.sequence);
      expect(talk.covers(request)).toBe(1);
      expect(text(talk.take(1))).toBe(ANSWERS[i]);
    }
    expect([...sequences, talk.sequence]).toEqual([8, 10, 11, 12]);
    expect(talk.covers(REQUESTS[0]!)).toBe(0);
  });

  test('several at once', () => {
    const talk = begin();
    talk.take(talk.covers(REQUESTS[0]!));
    expect(talk.covers(REQUESTS[1]! + REQUESTS[2]!)).toBe(2);
    expect(text(talk.take(2))).toBe(ANSWERS[1]! + ANSWERS[2]!);
    const all = begin();
    expect(all.covers(REQUESTS.join(''))).toBe(3);
    expect(text(all.take(3))).toBe(ANSWERS.join(''));
  });

  test('nothing else', () => {
    const talk = begin(), [step] = REQUESTS as [string];
    const others = ['', step.slice(0, -1), `${step}C`, step + REQUESTS[1]!.slice(0, 30), REQUESTS[1]!, step.replace('99', '98'), step.replace('stepIn', 'stepOn'), step.replace('"seq":99', '"seq": 99'), ` ${step}`];
    expect(others.map((each) => talk.covers(each))).toEqual(others.map(() => 0));
    expect(talk.covers(step)).toBe(1);
  });

  test('words that have no place for a number end it', () => {
    const talk = new Expected([EXCHANGES[0]!, { words: '{"command":"threads","seq":1}', answers: () => ['}'] }, EXCHANGES[2]!], 8, 99);
    expect(talk.covers(REQUESTS[0]!)).toBe(1);
    talk.take(1);
    expect([REQUESTS[1]!, REQUESTS[2]!, message('{"command":"threads","seq":1}')].map((each) => talk.covers(each))).toEqual([0, 0, 0]);
  });
});
