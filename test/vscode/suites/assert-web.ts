// The few assertions of the suite in a browser's extension host, where node:assert is not.

function fail(message: string): never { throw new Error(message); }
const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

export function ok(value: unknown, message = 'a value is missing'): asserts value { if (!value) fail(message); }
export function strictEqual<T>(actual: unknown, expected: T): asserts actual is T { if (!Object.is(actual, expected)) fail(`${show(actual)} is not ${show(expected)}`); }
export function deepStrictEqual(actual: unknown, expected: unknown): void { if (show(actual) !== show(expected)) fail(`${show(actual)} is not ${show(expected)}`); }
export function match(text: string, pattern: RegExp): void { if (!pattern.test(text)) fail(`${show(text)} does not match ${pattern}`); }
