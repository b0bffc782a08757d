/** 431207 → `431 207`, with narrow spaces. */
export declare const grouped: (value: number) => string;
export declare const milliseconds: (nanoseconds: number) => string;
export declare const address: (value: number) => string;
export declare const bytes: (value: number) => string;
