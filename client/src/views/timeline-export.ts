// The timeline as a file: an SVG picture of a range, and a Mermaid sequence diagram of its switches. No vscode here.
// Must stay true: what is left out is said in the file; text from the program is escaped.

import { byGogo, KINDS, GLYPHS, ticks } from './timeline-model';
import type { LaneView, Range, TimelineData } from './timeline-model';
import { grouped } from './words';

const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);
const COLORS = ['#2f7ed8', '#3c9d4e', '#c77c11', '#8a56c7', '#c8434b', '#1795a5', '#7a6a1d', '#b3468f'];
export const colorIndex = (goid: number): number => goid % COLORS.length;

/** A picture that stands for itself: own colours that are readable on white and on black. */
export function svg(data: TimelineData, views: readonly LaneView[], range: Range, width = 1400): string {
  const left = 150, row = 24, height = views.length * row + 44, inner = width - left - 10, scale = inner / (range.to - range.from);
  const parts: string[] = [`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`, `<title>Instructions ${Math.round(range.from)} to ${Math.round(range.to)}</title>`, `<rect width="${width}" height="${height}" fill="#fff"/>`];
  for (const at of ticks(range, inner)) { const x = left + (at - range.from) * scale; parts.push(`<line x1="${x}" y1="18" x2="${x}" y2="${height}" stroke="#ddd"/><text x="${x + 2}" y="12" fill="#555">${grouped(at)}</text>`); }
  views.forEach((view, i) => {
    const y = 24 + i * row;
    parts.push(`<text x="4" y="${y + 14}" fill="#222">${escape(view.label)}</text>`);
    for (const span of data.spans(view, range, inner)) {
      const who = data.segments.who[span.row]!, asleep = data.segments.asleep[span.row] === 1;
      parts.push(`<rect x="${(left + span.x).toFixed(1)}" y="${asleep ? y + 8 : y}" width="${span.width.toFixed(1)}" height="${asleep ? 2 : row - 6}" fill="${who > 0 ? COLORS[colorIndex(who)] : '#999'}"${span.dense ? ' opacity="0.6"' : ''}><title>${escape(data.describe(span.row).join('\n'))}</title></rect>`);
      if (span.width > 30 && !asleep && who >= 0) parts.push(`<text x="${(left + span.x + 3).toFixed(1)}" y="${y + 13}" fill="#fff">${who === 0 ? 'g0' : `G${who}`}</text>`);
    }
    for (const { mark, x } of data.marksIn(view, range, inner)) parts.push(`<text x="${(left + x).toFixed(1)}" y="${y + 5}" font-size="8" fill="#a00">${GLYPHS[KINDS[data.marks.kind[mark]!]!]}<title>${escape(data.describeMark(mark).join('\n'))}</title></text>`);
  });
  return `${parts.join('\n')}\n</svg>\n`;
}

/** Who hands a thread to whom, in order: at most `most` switches. */
export function mermaid(data: TimelineData, range: Range, most = 200): string {
  const { segments: s, strings } = data, rows = s.start.map((_, row) => row).filter((row) => s.start[row]! >= range.from && s.start[row]! <= range.to && s.who[row]! > 0 && byGogo(strings[s.begun[row]!]!)).sort((a, b) => s.start[a]! - s.start[b]!);
  const shown = rows.slice(0, most), name = (row: number): string => { const lane = data.lanes[s.lane[row]!]; return lane?.m === undefined ? `T${lane?.tid ?? 0}` : `M${lane.m}`; };
  const clean = (text: string): string => text.replace(/[;#:]/g, ' ').replace(/\s+/g, ' ').trim();
  const lines = ['sequenceDiagram', `  %% goroutine switches between instructions ${Math.round(range.from)} and ${Math.round(range.to)}`];
  for (const m of [...new Set(shown.map(name))]) lines.push(`  participant ${m} as g0 of ${m}`);
  for (const goid of [...new Set(shown.map((row) => s.who[row]!))].sort((a, b) => a - b)) lines.push(`  participant G${goid} as G${goid}${data.names[goid] ? ` ${clean(data.names[goid]!)}` : ''}`);
  for (const row of shown) {
    const cost = data.cost(row);
    lines.push(`  ${name(row)}->>G${s.who[row]}: gogo at ${s.start[row]}${cost ? ` (${cost.instructions} instructions since ${cost.from})` : ''}`);
    if (row < data.closed) lines.push(`  G${s.who[row]}->>${name(row)}: ${clean(strings[s.ended[row]!]!) || 'leaves'}`);
  }
  if (rows.length > shown.length) lines.push(`  %% ${rows.length - shown.length} more switches were left out`);
  return `${lines.join('\n')}\n`;
}
