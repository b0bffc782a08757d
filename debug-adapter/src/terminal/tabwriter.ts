// Aligns tab-terminated cells in columns as Go's text/tabwriter does. Must stay true: a column is a block of consecutive lines
// that have a cell there; the last cell of a line belongs to no column.

export interface TabOptions { minWidth: number; tabWidth: number; padding: number; pad: string; /** Leading empty cells are padded with tabs. */ tabIndent?: boolean }

export function align(text: string, { minWidth, tabWidth, padding, pad, tabIndent }: TabOptions): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const out: string[] = [];
  const widths: number[] = [];
  const length = (cell: string): number => [...cell].length;

  const padTo = (textWidth: number, cellWidth: number, tabs: boolean): string => {
    if (pad === '\t' || tabs) {
      if (tabWidth === 0) return '';
      const rounded = Math.ceil(cellWidth / tabWidth) * tabWidth;
      return '\t'.repeat(Math.ceil((rounded - textWidth) / tabWidth));
    }
    return pad.repeat(Math.max(0, cellWidth - textWidth));
  };
  const write = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      let line = '', tabs = tabIndent ?? false;
      lines[i]!.forEach((cell, j) => {
        const width = widths[j];
        if (cell !== '') tabs = false;
        line += cell;
        if (width !== undefined) line += padTo(length(cell), width, cell === '' && tabs);
      });
      out[i] = line;
    }
  };
  const format = (from: number, to: number): void => {
    const column = widths.length;
    let start = from;
    for (let i = from; i < to; i++) {
      if (column >= lines[i]!.length - 1) continue;
      write(start, i);
      start = i;
      let width = minWidth;
      for (; i < to && column < lines[i]!.length - 1; i++) width = Math.max(width, length(lines[i]![column]!) + padding);
      widths.push(width);
      format(start, i);
      widths.pop();
      start = i;
    }
    write(start, to);
  };
  format(0, lines.length);
  return out.join('\n');
}
