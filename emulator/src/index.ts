// The emulator's front door: make a machine for a program, and the types to talk to it.
// Must stay true: everything else in this folder is private to it, except the instruction table and decoder in x86/.
export { BadProgram, createMachine } from './machine';
export type * from './machine-types';
