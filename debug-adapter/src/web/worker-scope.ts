// The global scope of a browser's worker, as far as it is used here: Node's types have no name for it.

export interface WorkerScope {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(message: unknown): void;
}

export const scope = globalThis as unknown as WorkerScope;

/** Waits for the first message, sets up with it, and tells the extension whether that worked. */
export function setUp<T>(work: (message: T) => Promise<() => void>): void {
  scope.onmessage = ({ data }) => {
    scope.onmessage = null;
    work(data as T).then(
      (begin) => { begin(); scope.postMessage({ gobuf: 'ready' }); },
      (error: unknown) => scope.postMessage({ gobuf: { failed: error instanceof Error ? error.message : String(error) } }),
    );
  };
}
