import type { LanesResult } from '../../../debug-adapter/src/dap/protocol';
/** More events than this are not shown. */
export declare const MOST_EVENTS = 1000000;
export declare class TraceError extends Error {
}
/** What the beginning of a file that is no trace is, as far as it can be told. */
export declare function otherFile(head: string): string | undefined;
export declare class TraceReader {
    #private;
    events: number;
    /** False once there was one event too many. */
    complete: boolean;
    /** `last`: what stands after the last line end, which a run that was stopped has cut off: no event then, and no error. */
    line(text: string, last?: boolean): void;
    /** The rows since the last call. */
    take(): LanesResult;
}
