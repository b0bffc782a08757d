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

export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

/** `48 8b 03`. */
export const hexBytes = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** First line of an error as one sentence. */
export function sentence(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? '';
  return text === '' ? 'The request failed without saying why.' : text;
}

/** An integer value as hexadecimal where a client asks for it (ValueFormat.hex). */
export function asHex(value: string): string {
  return /^-?\d+$/.test(value) ? (value.startsWith('-') ? `-${hex(BigInt(value.slice(1)))}` : hex(BigInt(value))) : value;
}
