import { median } from '../load.ts';
import { atLeast, atMost, figure, noTarget, type Report, rowOf } from '../table.ts';
import type { AgentMeasured } from '../types.ts';
import type { AgentFigures, AgentRound } from './measure.ts';

export function agentReport({ rounds, peerVersion, peerBlockedUs, tokenLength }: AgentMeasured): Report {
  const of = (value: (round: AgentRound) => number): number => median(rounds.map(value));
  const row = (
    name: string,
    unit: string,
    value: (figures: AgentFigures) => number,
    target: Parameters<typeof rowOf>[4],
  ) =>
    rowOf(
      name,
      unit,
      of((round) => value(round.app)),
      of((round) => value(round.peer)),
      target,
    );
  const normalUs = of((round) => round.app.libraryP50Us);
  const rows = [
    row('oidc-token NAME, cached, p50', 'µs', ({ command }) => command.p50Us, atMost(1.05)),
    row('oidc-token NAME, cached, p99', 'µs', ({ command }) => command.p99Us, atMost(1)),
    row('oidc-token with scope and audience, p50', 'µs', ({ scoped }) => scoped.p50Us, atMost(0.25)),
    row('one request inside a program, p50', 'µs', ({ libraryP50Us }) => libraryP50Us, noTarget),
    row('32 clients at once', '/s', ({ parallel }) => parallel.perSecond, atLeast(1)),
    row('32 clients at once, p99', 'µs', ({ parallel }) => parallel.p99Us, atMost(0.6)),
    rowOf(
      'others while a client stalls, against alone',
      'µs',
      of((round) => round.app.stalledP50Us),
      normalUs,
      atMost(1.5),
    ),
    rowOf(
      'others while the user is asked, against alone',
      'µs',
      of((round) => round.app.askedP50Us),
      normalUs,
      atMost(1.5),
    ),
  ];
  return {
    rows,
    remarks: [
      `Medians of ${rounds.length} rounds beside ${peerVersion}. An access token has ${tokenLength} characters.`,
      `Starting /bin/true the same way takes ${figure(of(({ control }) => control.p50Us))} µs (p99 ${figure(of(({ control }) => control.p99Us))} µs).`,
      `A client of oidc-agent waited ${figure(peerBlockedUs / 1000)} ms while another one had sent its key and stalled.`,
    ],
    against: 'oidc-agent',
  };
}
