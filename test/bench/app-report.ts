import { median } from './load.ts';
import { atLeast, atMost, figure, noTarget, type Report, rowOf, type Target } from './table.ts';
import type { AppMeasured, Sample, Subject } from './types.ts';

type Value = (sample: Sample) => number | null | undefined;

export function appReport(measured: AppMeasured): Report {
  const of = (subject: Subject, value: Value): number =>
    median(measured.rounds.map((round) => value(round[subject]) ?? Number.NaN));
  const row = (name: string, unit: string, value: Value, target: Target) =>
    rowOf(name, unit, of('app', value), of('bare', value), target);
  const [one, many] = [of('app', (sample) => sample.startMs), of('appMany', (sample) => sample.startMs)];
  const rows = [
    row('start to serving', 'ms', (sample) => sample.startMs, atMost(1.3)),
    row('idle memory, no window', 'MiB', (sample) => sample.memory?.pssMiB, atMost(1.2)),
    row('cached access token, p50', 'µs', (sample) => sample.p50Us, atMost(1.5)),
    row('cached access token, p99', 'µs', (sample) => sample.p99Us, noTarget),
    row('cached access token, 8 connections', '/s', (sample) => sample.requestsPerSecond, atLeast(0.6)),
    rowOf(`start with ${measured.manyAccounts} accounts, against one`, 'ms', many, one, {
      text: '≤ +200 ms',
      met: () => many - one <= 200,
    }),
  ];
  return { rows, remarks: remarks(measured), against: 'bare Electron' };
}

function remarks(measured: AppMeasured): readonly string[] {
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
