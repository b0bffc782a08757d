// What a search through the recorded past is given. Must stay true: whoever searches moves the machine by the recorder only, and
// need not put it back: the debugger does.

import type { Machine } from '@gobuf/emulator/machine-types';
import type { Binary } from '../symbols/types';
import type { RuntimeWords } from './guest';
import type { Recorder } from './recorder';

export interface Past {
  binary: Binary;
  machine: Machine;
  recorder: Recorder;
  words: RuntimeWords;
  /** The moment at which the debugger stands. */
  now: number;
  /** The thread that is looked at. */
  tid: number;
  /** The runtime's words for a wait reason. */
  waitReason(reason: number): string | undefined;
}
