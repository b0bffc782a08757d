// Small conversions between the protocol's strings and the engine's numbers.
// Must stay true: whatever cannot be read is refused with one sentence, never taken as 0.

import { RequestError } from './handler';

export const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

/** A memory reference: hexadecimal with 0x, or decimal; top half addresses are brought into the number range's error. */
export function parseReference(text: string): number {
  const clean = text.trim();
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(clean)) throw new RequestError(`${JSON.stringify(text)} is not an address.`);
  return Number(BigInt(clean));
}

/** Of a browser's worker, which has no Buffer, as of Node; by parts, since a call takes a limited number of arguments. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x2000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x2000)));
  return btoa(parts.join(''));
}
export function fromBase64(text: string): Uint8Array {
  try { return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)); } catch { throw new RequestError('The data is not base64.'); }
}

/** `48 8b 03`. */
export const hexBytes = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** What JavaScript complains of by itself was not foreseen: whatever was asked, the mistake is gobuf's. */
const UNFORESEEN = [TypeError, RangeError, ReferenceError, SyntaxError, URIError];
export const OWN_MISTAKE = 'This is a mistake of gobuf\'s own';

/** First line of an error as one sentence. */
export function sentence(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? '';
  if (UNFORESEEN.some((kind) => error instanceof kind)) return `${OWN_MISTAKE}: ${text}.`;
  return text === '' ? 'The request failed without saying why.' : text;
}

/** An integer value as hexadecimal where a client asks for it (ValueFormat.hex). */
export function asHex(value: string): string {
  return /^-?\d+$/.test(value) ? (value.startsWith('-') ? `-${hex(BigInt(value.slice(1)))}` : hex(BigInt(value))) : value;
}
