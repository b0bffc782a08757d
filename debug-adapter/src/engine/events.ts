// Listeners of one debugger. Must stay true: a listener that throws does not keep the others from hearing.

import type { DebuggerEvents } from './types';

export class Listeners {
  private readonly all = new Set<DebuggerEvents>();
  on(events: DebuggerEvents): () => void {
    this.all.add(events);
    return () => { this.all.delete(events); };
  }
  tell<K extends keyof DebuggerEvents>(name: K, ...args: Parameters<NonNullable<DebuggerEvents[K]>>): void {
    for (const events of [...this.all]) {
      const listener = events[name] as ((...values: unknown[]) => void) | undefined;
      try { listener?.(...args); } catch { /* the listener's own trouble */ }
    }
  }
}
