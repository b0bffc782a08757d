// What has to be ended and removed once a run of the suites is over, however it ends: normally, by an error, by a limit or by a signal.
// Must stay true: each is ended once, the last made first, and nothing that does not end keeps the rest from it.
import os from 'node:os';

const LIMIT_MS = 10_000;
const open = new Set();

/** Remembers what ends something; what it gives back does that now. */
export function atEnd(end) {
  open.add(end);
  return async () => {
    if (!open.delete(end)) return;
    let timer;
    const late = new Promise((resolve) => { timer = setTimeout(resolve, LIMIT_MS); });
    try { await Promise.race([end(), late]); } catch { /* gone already */ } finally { clearTimeout(timer); }
  };
}
async function endEach() { for (const end of [...open].reverse()) await atEnd(end)(); }
let signalled = false;
/** Before the process goes. After a signal it goes by that, whatever those who lost what they worked with would say. */
export async function endAll() {
  if (signalled) await new Promise(() => { /* never */ });
  await endEach();
}
export function endOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {
    if (signalled) return;
    signalled = true;
    console.log(`ended by ${signal}`);
    void endEach().then(() => process.exit(128 + os.constants.signals[signal]));
  });
}

/** Ends a child that leads a group of its own, and with it all that it started: first politely. */
export async function endGroup(child) {
  const over = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => { child.once('close', resolve); });
  const send = (signal) => { try { process.kill(-child.pid, signal); } catch { /* nobody is left */ } };
  const timer = setTimeout(() => send('SIGKILL'), LIMIT_MS / 2);
  send('SIGTERM');
  await over;
  clearTimeout(timer);
  send('SIGKILL');
}
