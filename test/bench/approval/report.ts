import { figure, noTarget, type Report, rowOf, type Row } from '../table.ts';
import type { ApprovalMeasured } from './bench.ts';

const limitMs = 250;

export function approvalReport({ first, cold, warm }: ApprovalMeasured): Report {
  const rows = (name: string, samples: readonly number[]): readonly Row[] => {
    const p95 = nearestRank(samples, 0.95);
    return [
      rowOf(`${name}, p50`, 'ms', nearestRank(samples, 0.5), limitMs, noTarget),
      rowOf(`${name}, p95`, 'ms', p95, limitMs, { text: `≤ ${limitMs} ms`, met: () => p95 <= limitMs }),
    ];
  };
  return {
    rows: [
      ...rows('first question after the start', first),
      ...rows('question without a loaded window', cold),
      ...rows('question with a loaded window', warm),
    ],
    remarks: [
      `${first.length}, ${cold.length} and ${warm.length} questions, from connecting to the socket to letters on the screen.`,
      `The slowest took ${[first, cold, warm].map((samples) => figure(Math.max(...samples))).join(', ')} ms.`,
    ],
    against: 'limit',
  };
}

/** The smallest of the samples that at least this share of them does not exceed. */
export function nearestRank(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
