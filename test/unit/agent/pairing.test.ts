import { expect, it } from 'vitest';
import { createPairing } from '../../../electron/agent/http/pairing.ts';
import { unknownCaller } from '../../../electron/agent/index.ts';
import { Secret } from '../../../electron/ports/index.ts';
import { CanaryLogger, FakeClock } from './fakes.ts';

const terms = { name: 'n', accountIds: null, expiresInDays: null };

function bench() {
  const clock = new FakeClock();
  const log = new CanaryLogger();
  const keys = { create: () => ({ clientId: 'c', key: new Secret('mtd_canary') }) };
  return { clock, log, pairing: createPairing({ keys, clock, log }) };
}

it('R-45: a code lives for five minutes, accepted or not', () => {
  const { clock, pairing } = bench();
  const one = pairing.begin('a', unknownCaller('http'));
  const two = pairing.begin('b', unknownCaller('http'));
  pairing.accept(two.code, terms);
  clock.advance(5 * 60_000 - 1);
  expect(pairing.fetch(one.id)).toBeNull();
  clock.advance(1);
  expect(() => pairing.fetch(one.id)).toThrow('no such pairing');
  expect(() => pairing.fetch(two.id)).toThrow('no such pairing');
  expect(clock.timers).toBe(0);
});

it('wrong codes: two are free, then each doubles the wait, up to a minute; a right one starts over', () => {
  const { clock, pairing } = bench();
  const mistake = (): void => expect(() => pairing.lookUp('wrong')).toThrow('No program waits');
  mistake();
  mistake();
  for (const pauseMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
    mistake();
    clock.advance(pauseMs - 1);
    expect(() => pairing.lookUp('wrong')).toThrow('Too many wrong codes.');
    clock.advance(1);
  }
  const { code } = pairing.begin('a', unknownCaller('http'));
  expect(pairing.lookUp(code).label).toBe('a');
  mistake();
  expect(pairing.lookUp(code).label).toBe('a');
});

it('R-74: neither code nor key nor label reaches the log', () => {
  const { log, pairing } = bench();
  const { id, code } = pairing.begin('canary-label', unknownCaller('http'));
  pairing.accept(code, terms);
  pairing.fetch(id);
  const text = log.lines.join();
  for (const secret of ['canary', id, code, code.replace('-', '')]) expect(text).not.toContain(secret);
});
