// A file's bytes, had where they are wanted: of a program of hundreds of megabytes little is ever looked at. A Uint8Array is one.
// Must stay true: the content never changes, so what a page or a table was made of is there again after going back.

export interface FileBytes {
  readonly length: number;
  /** Bytes [start, end), fewer where the file ends; nobody changes them. */
  subarray(start: number, end: number): Uint8Array;
}
