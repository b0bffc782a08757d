// Long work in steps: a generator that may be left between any two of them, so that whoever waits for an answer waits for one step.
// Must stay true: a step is a millisecond or two of work on any machine; run to its end at once it gives the same.

export type Steps<T> = Generator<undefined, T>;

/** How many instructions or statements make a step. */
export const STEP = 200;
/** How many tokens. */
export const TOKENS = 2000;

/** All of it now. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
