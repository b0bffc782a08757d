// What is told of a panic: text and numbers as the runtime writes them, all else with its type.
import { expect, test } from 'vitest';
import { panicText } from './panic-text';

test.each([
  ['interface {}(string) "assignment to entry in nil map"', 'panic: assignment to entry in nil map'],
  ['interface {}(string) "a \\"b\\" \\x41\\u00fc\\n\\ttab"', 'panic: a "b" Aü\n\ttab'],
  ['interface {}(string) "long...+70 more"', 'panic: (string) "long...+70 more"'],
  ['interface {}(int) 42', 'panic: 42'],
  ['interface {}(*errors.errorString) *{s: "bad"}', 'panic: (*errors.errorString) *{s: "bad"}'],
  ['nil', 'panic: nil'],
])('%s', (value, text) => { expect(panicText(value)).toBe(text); });
