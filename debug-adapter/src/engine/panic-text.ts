// What a panic is about, out of the interface that gopanic was given, as the runtime itself writes it where that is text or a number.
// Must stay true: what is cut short or of another type is shown as it is, with its type.

import { unquoted } from '../goruntime/go-text';

const NUMBER = /^(u?int(8|16|32|64|ptr)?|float(32|64)|bool)$/;

export function panicText(value: string): string {
  const [, type = '', held = ''] = /^interface \{\}\(([^)]*)\) ([^]*)$/.exec(value) ?? [];
  const text = type === 'string' && !/\.\.\.\+\d+ more"$/.test(held) ? unquoted(held) : undefined;
  return `panic: ${text ?? (NUMBER.test(type) ? held : type === '' ? value : `(${type}) ${held}`)}`;
}
