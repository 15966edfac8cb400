import { median } from './load.ts';
import type { Measured, Sample, Subject } from './types.ts';

export interface Row {
  readonly name: string;
  readonly unit: string;
  /** Medians over the rounds. */
  readonly app: number;
  /** What the app is compared with: the bare Electron, or the app with one account. */
  readonly base: number;
  readonly ratio: number;
  readonly target: string;
  readonly met: boolean;
}

type Value = (sample: Sample) => number | null | undefined;

export function evaluate(measured: Measured): readonly Row[] {
  const of = (subject: Subject, value: Value): number =>
    median(measured.rounds.map((round) => value(round[subject]) ?? Number.NaN));
  const row = (
    name: string,
    unit: string,
    value: Value,
    target: { readonly text: string; met(ratio: number): boolean },
  ): Row => {
    const [app, base] = [of('app', value), of('bare', value)];
    return { name, unit, app, base, ratio: app / base, target: target.text, met: target.met(app / base) };
  };
  const atMost = (limit: number) => ({ text: `≤ ${limit}x`, met: (ratio: number) => ratio <= limit });
  const atLeast = (limit: number) => ({ text: `≥ ${limit}x`, met: (ratio: number) => ratio >= limit });

  const [one, many] = [of('app', (sample) => sample.startMs), of('appMany', (sample) => sample.startMs)];
  return [
    row('start to serving', 'ms', (sample) => sample.startMs, atMost(1.3)),
    row('idle memory, no window', 'MiB', (sample) => sample.memory?.pssMiB, atMost(1.2)),
    row('cached access token, p50', 'µs', (sample) => sample.p50Us, atMost(1.5)),
    row('cached access token, p99', 'µs', (sample) => sample.p99Us, { text: '', met: () => true }),
    row('cached access token, 8 connections', '/s', (sample) => sample.requestsPerSecond, atLeast(0.6)),
    {
      name: `start with ${measured.manyAccounts} accounts, against one`,
      unit: 'ms',
      app: many,
      base: one,
      ratio: many / one,
      target: '≤ +200 ms',
      met: many - one <= 200,
    },
  ];
}

export function table(rows: readonly Row[]): string {
  const head = ['', 'Mytoken Desktop', 'compared with', 'ratio', 'target', ''];
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

/** What a reader must know to believe the table. */
export function remarks(measured: Measured): readonly string[] {
  const last = measured.rounds.at(-1);
  const memories = measured.rounds.flatMap((round) => [round.bare.memory, round.app.memory]);
  const unread = Math.max(0, ...memories.map((memory) => memory?.unread ?? 0));
  const members = (sample: Sample | undefined): string =>
    (sample?.memory?.members ?? [])
      .map((member) => `${member.kind} ${member.pssMiB === null ? 'unread' : figure(member.pssMiB)}`)
      .join(', ');
  return [
    `Medians of ${measured.rounds.length} rounds. An answer with an access token has ${measured.answerBytes} bytes.`,
    `Processes of the app (MiB): ${members(last?.app)}.`,
    `Processes of the bare Electron (MiB): ${members(last?.bare)}.`,
    unread === 0
      ? 'The memory of all processes could be read.'
      : `Up to ${unread} processes of a tree did not let their memory be read and do not count; root can read all.`,
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${figure(Math.abs(value))}`;
}

function figure(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
