// Numbers as people read them. No vscode here.

/** 431207 → `431 207`, with narrow spaces. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f');
export const milliseconds = (nanoseconds: number): string => (nanoseconds < 1e6 ? `${(nanoseconds / 1e3).toFixed(1)} µs` : nanoseconds < 1e10 ? `${(nanoseconds / 1e6).toFixed(2)} ms` : `${(nanoseconds / 1e9).toFixed(1)} s`);
export const address = (value: number): string => (value === 0 ? '0' : `0x${value.toString(16)}`);
export const bytes = (value: number): string => (value >= 1 << 20 && value % (1 << 20) === 0 ? `${value / (1 << 20)} MiB` : value >= 1024 && value % 1024 === 0 ? `${value / 1024} KiB` : value >= 1 << 20 ? `${(value / (1 << 20)).toFixed(1)} MiB` : value >= 8192 ? `${(value / 1024).toFixed(1)} KiB` : `${value} B`);
