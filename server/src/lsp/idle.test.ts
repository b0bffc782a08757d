// Work beside the requests: its order, that it waits for whoever asks, and that due work is not put off for ever.
import { expect, test, vi } from 'vitest';
import { Idle } from './idle';
import { Session } from './session';

function scene() {
  vi.useFakeTimers({ now: 1_000_000 });
  const session = { busy: 0, safely: (_: string, work: () => unknown) => { session.busy = Date.now(); return work() ?? null; } };
  const idle = new Idle(session as unknown as Session);
  const log: string[] = [];
  const work = (name: string, rank: number, steps: number, due = false) => {
    let left = steps;
    idle.put(name, { rank, due, step: () => { log.push(name); vi.setSystemTime(Date.now() + 1); return --left > 0; }, done: () => log.push(`${name} done`) });
  };
  return { session, idle, log, work };
}

test('lower ranks first, each to its end', () => {
  const { log, work } = scene();
  work('b', 2, 2);
  work('a', 1, 2);
  vi.advanceTimersByTime(500);
  expect(log).toEqual(['a', 'a', 'a done', 'b', 'b', 'b done']);
});

test('nothing while requests come, but for what is due', () => {
  const { session, idle, log, work } = scene();
  work('rehearsal', 1, 1);
  work('due', 2, 1, true);
  for (let i = 0; i < 120; i++) {
    session.busy = Date.now();
    vi.advanceTimersByTime(10);
  }
  expect(log).toEqual([]);
  for (let i = 0; i < 120; i++) {
    session.busy = Date.now();
    vi.advanceTimersByTime(10);
  }
  expect(log).toEqual(['due', 'due done']);
  vi.advanceTimersByTime(100);
  expect(log.at(-1)).toBe('rehearsal done');
  expect(idle.has('rehearsal')).toBe(false);
});

test('nothing right behind an edit', () => {
  const { idle, log, work } = scene();
  work('a', 1, 1);
  idle.pause();
  vi.advanceTimersByTime(10);
  expect(log).toEqual([]);
  vi.advanceTimersByTime(40);
  expect(log).toEqual(['a', 'a done']);
});

test('what is dropped is not gone on with, and its steps are no requests', () => {
  const { session, idle, log, work } = scene();
  session.busy = 5;
  work('a', 1, 1000);
  vi.advanceTimersByTime(10);
  const steps = log.length;
  expect(steps).toBeGreaterThan(0);
  expect(session.busy).toBe(5);
  idle.drop('a');
  vi.advanceTimersByTime(1000);
  expect(log.length).toBe(steps);
});

test('who has waited long for an answer is not kept waiting again: rest begins with the answer', () => {
  vi.useFakeTimers({ now: 1_000_000 });
  const session = new Session(...([{}, {}, {}] as unknown as ConstructorParameters<typeof Session>));
  const idle = new Idle(session);
  const log: string[] = [];
  idle.put('beside', { rank: 1, step: () => { log.push('beside'); return false; } });
  expect(session.safely('hover', () => { vi.setSystemTime(Date.now() + 300); return 'answer'; })).toBe('answer');
  vi.advanceTimersByTime(10);
  expect(log).toEqual([]);
  vi.advanceTimersByTime(30);
  expect(log).toEqual(['beside']);
});
