export interface Row {
  readonly name: string;
  readonly unit: string;
  /** Medians over the rounds. */
  readonly app: number;
  /** What the app is compared with. */
  readonly base: number;
  readonly ratio: number;
  readonly target: string;
  readonly met: boolean;
}

export interface Report {
  readonly rows: readonly Row[];
  /** What a reader must know to believe the table. */
  readonly remarks: readonly string[];
  /** Heading of the column with {@link Row.base}. */
  readonly against: string;
}

/** A ratio's target. */
export interface Target {
  readonly text: string;
  met(ratio: number): boolean;
}

export const atMost = (limit: number): Target => ({
  text: `≤ ${limit}x`,
  met: (ratio) => ratio <= limit,
});
export const atLeast = (limit: number): Target => ({
  text: `≥ ${limit}x`,
  met: (ratio) => ratio >= limit,
});
export const noTarget: Target = { text: '', met: () => true };

export function rowOf(name: string, unit: string, app: number, base: number, target: Target): Row {
  return { name, unit, app, base, ratio: app / base, target: target.text, met: target.met(app / base) };
}

export function table(rows: readonly Row[], against: string): string {
  const head = ['', 'Mytoken Desktop', against, 'ratio', 'target', ''];
  const lines = rows.map((row) => [
    row.name,
    `${figure(row.app)} ${row.unit}`,
    `${figure(row.base)} ${row.unit}`,
    row.target.includes('+')
      ? `${row.ratio.toFixed(2)}x (${signed(row.app - row.base)} ${row.unit})`
      : `${row.ratio.toFixed(2)}x`,
    row.target,
    row.target === '' ? '' : row.met ? 'met' : 'MISSED',
  ]);
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const draw = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [draw(head), rule, ...lines.map(draw)].join('\n');
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${figure(Math.abs(value))}`;
}

export function figure(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
