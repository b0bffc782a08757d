// Stands in a browser's bundle for the few parts of Node that shared files name (scripts/build.mjs says which).
// Must stay true: what a browser cannot do throws a sentence.

const { TextDecoder, TextEncoder } = globalThis;
export { TextDecoder, TextEncoder };

/** node:crypto's, for nonces: any length of random bytes, shown as hexadecimal or base64. */
export function randomBytes(length: number): { toString(encoding: 'hex' | 'base64' | 'base64url'): string } {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(length));
  return {
    toString: (encoding) => (encoding === 'hex' ? Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') : btoa(String.fromCharCode(...bytes)).replace(encoding === 'base64url' ? /[+/=]/g : /$^/g, (character) => ({ '+': '-', '/': '_' })[character] ?? '')),
  };
}

const unavailable = (): never => { throw new Error('A browser has no sockets: give the program its input with "input" or the debug console.'); };
/** node:net's. */
export default { createServer: unavailable, connect: unavailable };
