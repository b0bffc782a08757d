// Signals that this process gets are the guest's, and end a rest of its.
// Must stay true: what kills, stops and continues processes stays the host's; a signal that the guest does not handle does to it what it would natively.
import os from 'node:os';

const FORWARDED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;
/** Linux's numbers, whatever the host's are. */
const NUMBERS: Record<(typeof FORWARDED)[number], number> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGUSR1: 10, SIGUSR2: 12, SIGTERM: 15, SIGWINCH: 28 };

export class HostSignals {
  private wake: (() => void) | undefined;

  constructor(deliver: (signal: number) => void) {
    for (const name of FORWARDED) {
      if (!(name in os.constants.signals)) continue;
      process.on(name, () => {
        deliver(NUMBERS[name]);
        this.wake?.();
      });
    }
  }

  /** Lets what has come be seen to. */
  turn(): Promise<void> { return new Promise((resolve) => { setImmediate(resolve); }); }

  /** So many milliseconds, or until a signal comes. */
  async rest(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      // Longer than Node's timers can be.
      const timer = setTimeout(resolve, Math.min(Math.max(1, milliseconds), 2 ** 31 - 1));
      this.wake = () => { clearTimeout(timer); resolve(); };
    });
    this.wake = undefined;
  }
}
