export declare const l10n: {
    /** `{0}`, `{1}` stand for the arguments. */
    t(message: string, ...args: (string | number)[]): string;
};
export declare function useBundle(texts: Readonly<Record<string, unknown>> | undefined): void;
