// Which function of a goroutine's stack is said to be its place: the rule of Delve's (*G).UserCurrent.
import { expect, test } from 'vitest';
import { isUsers } from './goroutine-details';

test('a goroutine is in the first function that is the user\'s', () => {
  const stack = ['runtime.gopark', 'runtime.netpollblock', 'internal/poll.runtime_pollWait', 'internal/poll.(*pollDesc).wait', 'internal/poll.(*FD).Accept', 'net.(*netFD).accept', 'net.(*TCPListener).accept', 'main.main'];
  expect(stack.find(isUsers)).toBe('net.(*netFD).accept');
  expect(['runtime.Gosched', 'main.main', 'iterx.Pull', 'internals.f', 'a/internal/b.f'].filter(isUsers)).toHaveLength(5);
  expect(['memeqbody', 'runtime.gcBgMarkWorker', 'runtime/internal/atomic.Load', 'internal/runtime/maps.f', 'iter.Pull[go.shape.int].func1'].filter(isUsers)).toEqual([]);
});
