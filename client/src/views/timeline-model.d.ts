import type { LanesResult, Lane, MarkColumns, MarkKind, SegmentColumns } from '../../../debug-adapter/src/dap/protocol';
export declare const KINDS: readonly MarkKind[];
/** How marks look: one character, since a canvas and a terminal both have them. */
export declare const GLYPHS: Record<MarkKind, string>;
export interface LaneView {
    id: string;
    kind: 'm' | 'p' | 'g';
    label: string;
    rows: number[]; /** Marks of an M lane. */
    marks: number[];
    number: number;
}
/** What is drawn at pixels [x, x + width): a row, or several that fall together there. */
export interface Span {
    row: number;
    x: number;
    width: number;
    dense: boolean;
}
export interface Range {
    from: number;
    to: number;
}
export declare const packed: <T extends LanesResult>(result: T) => T;
/** First index in rows whose `key` is greater than `value`. */
export declare function after(rows: readonly number[], key: readonly number[], value: number): number;
export declare class TimelineData {
    #private;
    revision: number;
    lanes: Lane[];
    strings: string[];
    names: Record<number, string>;
    readonly segments: SegmentColumns;
    marks: MarkColumns;
    until: number;
    untilTime: number;
    complete: boolean;
    /** Rows that have their end; those after it go on. */
    closed: number;
    get known(): {
        revision: number;
        segments: number;
        marks: number;
        strings: number;
    };
    /** Takes what the adapter sent: rows from `base` on, and those that go on in full. */
    take(result: LanesResult): void;
    /** Ms, then Ps, then Gs by number. */
    views(): LaneView[];
    /** What a lane shows between `from` and `to` on `width` pixels: at most about two spans a pixel, however many rows there are. */
    spans(view: LaneView, { from, to }: Range, width: number): Span[];
    /** Marks of a lane, at most one for `gap` pixels; marks that stand for several say so. */
    marksIn(view: LaneView, { from, to }: Range, width: number, gap?: number): {
        mark: number;
        x: number;
        more: number;
    }[];
    rowAt(view: LaneView, instruction: number): number | undefined;
    /** A thread has a number of the runtime's once it has an M; before, and in a trace of an older version, there is Linux's. */
    laneName(lane: number): string;
    whoText(who: number): string;
    /** Lines for a hover: who, where, how long, why it began and ended, what the switch to it cost. */
    describe(row: number): string[];
    /** Of a goroutine's stretch that began by gogo: what g0 executed between the goroutine before it and it. */
    cost(row: number): {
        from: string;
        instructions: number;
    } | undefined;
    describeMark(mark: number): string[];
    /** Instructions of rows and marks whose words contain the text, in order; at most `most`. */
    search(text: string, most?: number): number[];
    /** A part of the rows, for a page that has the others: `of` rows of each kind from those known on. */
    part(known: {
        segments: number;
        marks: number;
        strings: number;
    }, of: number): LanesResult;
    /** Where a goroutine is switched to, next to a moment. */
    switchFrom(instruction: number, back: boolean): number | undefined;
}
/** Whether a stretch begins because gogo jumped to it, and not by a wait or a P that changed hands. */
export declare const byGogo: (begun: string) => boolean;
/** Round instruction numbers for the axis, about one for each 120 pixels. */
export declare function ticks({ from, to }: Range, width: number): number[];
export declare function zoomed({ from, to }: Range, at: number, factor: number, end: number): Range;
