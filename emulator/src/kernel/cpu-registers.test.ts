// The registers of the running thread lie in the linear memory.
import { expect, it } from 'vitest';
import { HostPages, PAGE } from '../memory/host-pages';
import { Context, RAX } from './cpu-registers';

it('registers that are held are the running thread\'s also after the memory has grown', () => {
  const pages = new HostPages(2 ** 30), registers = Context.running(pages), before = pages.buffer;
  registers.setGpr(RAX, 7);
  while (pages.buffer === before) pages.allocate();
  expect(pages.buffer.byteLength).toBeGreaterThan(before.byteLength + PAGE);
  expect(registers.gpr(RAX)).toBe(7);
  registers.setGpr(RAX, 8);
  registers.rip = 0x401000;
  expect([Context.running(pages).gpr(RAX), Context.running(pages).rip]).toEqual([8, 0x401000]);
});
