import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { countCertificates, loadCaFiles } from '../../../electron/app/ca-files.ts';
import { parseStartRequest } from '../../../electron/app/command-line.ts';
import { chooseFormatLocale } from '../../../electron/app/format-locale.ts';
import { unverifiedClaims } from '../../../electron/app/jwt-claims.ts';
import { openLogFile } from '../../../electron/app/log-file.ts';
import { Secret, silentLogger } from '../../../electron/ports/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory('app-');
});

describe('parseStartRequest (R-18)', () => {
  it('knows its own flags and ignores Chromium’s', () => {
    expect(parseStartRequest(['--no-sandbox', '--hidden', '--type=renderer', 'mytoken-desktop://x'])).toEqual(
      {
        show: false,
        hidden: true,
        quit: false,
        status: false,
        prefillInstance: null,
      },
    );
  });

  it('takes a server to offer only when it is an http(s) URL', () => {
    expect(parseStartRequest(['--prefill-instance=http://127.0.0.1:8000']).prefillInstance).toBe(
      'http://127.0.0.1:8000',
    );
    expect(parseStartRequest(['--prefill-instance=javascript:alert(1)']).prefillInstance).toBeNull();
    expect(parseStartRequest(['--prefill-instance=']).prefillInstance).toBeNull();
  });
});

describe('chooseFormatLocale', () => {
  it('takes varieties of the chosen language and survives whatever systems answer', () => {
    expect(chooseFormatLocale('de', 'de-AT')).toBe('de-AT');
    expect(chooseFormatLocale('en', 'en_GB.UTF-8')).toBe('en-GB');
    expect(chooseFormatLocale('en', 'de-DE')).toBe('en');
    for (const odd of ['', 'C', 'C.UTF-8', 'en_', 'en-US-x', 'en-!!', 'POSIX']) {
      expect(() => new Intl.DateTimeFormat(chooseFormatLocale('en', odd))).not.toThrow();
    }
  });
});

describe('unverifiedClaims', () => {
  const jwt = (payload: string): Secret => new Secret(`h.${Buffer.from(payload).toString('base64url')}.s`);

  it('reads the payload of a JWT and nothing else', () => {
    expect(unverifiedClaims(jwt('{"sub":"alice"}'))).toEqual({ sub: 'alice' });
    expect(unverifiedClaims(new Secret('opaque'))).toBeNull();
    expect(unverifiedClaims(jwt('[1]'))).toBeNull();
    expect(unverifiedClaims(jwt('not json'))).toBeNull();
  });
});

describe('certificate files', () => {
  it('does not count what only looks like a certificate', () => {
    expect(countCertificates('hello')).toBe(0);
    expect(countCertificates('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toBe(0);
  });

  it('goes on without a file that went missing', async () => {
    expect(await loadCaFiles([join(directory, 'gone.pem')], silentLogger)).toEqual([]);
  });
});

describe('openLogFile', () => {
  it('writes one JSON object per line, scrubbed, readable by the user alone', () => {
    const log = openLogFile({
      directory,
      clock: new FakeClock(),
      scrub: (line) => line.replaceAll('canary', '[scrubbed]'),
      echo: null,
    });
    log.info('started', { port: 1 });
    log.warn('odd', { text: 'canary' });
    log.debug('noise');
    const path = join(directory, 'main.log');
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { at: '2026-01-15T12:00:00.000Z', level: 'info', event: 'started', port: 1 },
      { at: '2026-01-15T12:00:00.000Z', level: 'warn', event: 'odd', text: '[scrubbed]' },
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps one older file when it grows', () => {
    writeFileSync(join(directory, 'main.log'), 'x'.repeat(1024 * 1024 + 1));
    const log = openLogFile({ directory, clock: new FakeClock(), scrub: (line) => line, echo: null });
    log.info('new');
    expect(readFileSync(join(directory, 'main.log.1'), 'utf8')).toHaveLength(1024 * 1024 + 1);
    expect(readFileSync(join(directory, 'main.log'), 'utf8')).toContain('"new"');
  });
});
