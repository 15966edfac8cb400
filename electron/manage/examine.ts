import { DomainError, toEnvelope } from '../../shared/errors.ts';
import type { MytokenReport } from '../../shared/ipc/contract.ts';
import { type Introspection, momIdOf, type MytokenClient } from '../mytoken/index.ts';
import type { Secret } from '../ports/index.ts';
import { reportClaims } from './report.ts';

export interface Examination {
  readonly value: Secret;
  /** Null when asking might do harm. */
  readonly ask: (() => Promise<Introspection>) | null;
  readonly client: Pick<MytokenClient, 'decode' | 'verify'>;
  readonly nowMs: number;
}

const refusals: ReadonlySet<string> = new Set([
  'mytoken/token-unusable',
  'mytoken/expired',
  'mytoken/not-yet-valid',
  'mytoken/provider-session-ended',
  'accounts/needs-login',
  'mytoken/issuer-mismatch',
]);

/** Everything that can be found out about one mytoken: what it says itself, whether its signature holds, and its server's word. */
export async function examine({ value, ask, client, nowMs }: Examination): Promise<MytokenReport> {
  const written = await client.decode(value);
  const signature = written === null ? 'none' : await signatureOf(value, client);
  const report: MytokenReport = {
    kind: written === null ? 'short' : 'jwt',
    momId: written === null ? null : momIdOf(written.jti),
    claims: written === null ? null : reportClaims(written),
    uses: [],
    signature,
    server: 'not-asked',
    problem: null,
    checkedAtMs: nowMs,
  };
  // A forged one is shown to nobody: its issuer is whatever the forger wrote.
  if (ask === null || signature === 'invalid') return report;
  try {
    const { claims, momId, uses, kind } = await ask();
    return {
      ...report,
      kind,
      momId: momId ?? report.momId,
      claims: reportClaims(claims),
      uses: [...(uses ?? [])],
      server: 'valid',
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'mytoken/insufficient-capabilities') return { ...report, server: 'valid-untold' };
    return {
      ...report,
      server: refusals.has(error.code) ? 'refused' : 'no-answer',
      problem: toEnvelope(error),
    };
  }
}

async function signatureOf(
  value: Secret,
  client: Examination['client'],
): Promise<MytokenReport['signature']> {
  try {
    await client.verify(value);
    return 'valid';
  } catch (error) {
    const code = toEnvelope(error).code;
    return code === 'mytoken/bad-signature' || code === 'mytoken/issuer-mismatch' ? 'invalid' : 'unknown';
  }
}
