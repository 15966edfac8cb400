import { randomBytes } from 'node:crypto';
import type { ImportCandidate } from '../../shared/ipc/contract.ts';
import { effectiveExpiryMs } from '../../shared/model/mytoken.ts';
import { plainText } from '../../shared/model/untrusted-text.ts';
import { momIdOf, parseInstanceUrl } from '../mytoken/index.ts';
import { type Clock, type Logger, Secret } from '../ports/index.ts';
import type { ReadTokenFile } from './token-file.ts';
import { tokenPlaces } from './token-places.ts';
import { firstLine } from './token-text.ts';
import { looksLikeJwt, type UnverifiedClaims, unverifiedClaims } from './unverified-claims.ts';

/** A variable whose value looks like a JWT. */
export interface TokenVariable {
  readonly variable: string;
  readonly value: Secret;
}

export interface RunningProcess {
  readonly pid: number;
  readonly program: string;
  readonly variables: readonly TokenVariable[];
}

/** Looks into the environments of the user's own other programs, oldest first. Null where the platform hides them. */
export interface ProcessEnvironments {
  list(): AsyncIterable<RunningProcess>;
}

export interface EnvironmentScanDeps {
  /** This app's own environment. */
  readonly environment: () => Readonly<Record<string, string | undefined>>;
  readonly processes: ProcessEnvironments | null;
  readonly readFile: ReadTokenFile;
  /** Null where users have no number; then no files are looked for. */
  readonly userId: number | null;
  readonly clock: Clock;
  readonly log: Logger;
}

const keptMs = 5 * 60_000;
const mostCandidates = 200;
const ownProgram = 'mytoken-desktop';

interface Found {
  readonly candidate: Omit<ImportCandidate, 'ref'>;
  readonly claims: UnverifiedClaims;
  readonly value: Secret;
}

/**
 * Mytokens in the environments of programs and in the files where tools leave them. Names and numbers go to the window, the mytokens stay here, for five minutes,
 * under a random reference. Nothing of what is found is ever logged.
 */
export class EnvironmentScan {
  readonly #deps: EnvironmentScanDeps;
  readonly #kept = new Map<string, Secret>();
  #cancelExpiry: (() => void) | null = null;

  constructor(deps: EnvironmentScanDeps) {
    this.#deps = deps;
  }

  /** What there is now; references of an earlier scan are void. `isKnown` leaves out what is an account already. */
  async run(isKnown: (instanceUrl: string, momId: string) => boolean): Promise<readonly ImportCandidate[]> {
    const { environment, processes, clock, log } = this.#deps;
    // Children inherit environments: one mytoken shows up once, in its newest form, with the first program that has it.
    const byMytoken = new Map<string, Found>();
    const add = (
      pid: number | null,
      program: string,
      { variable, value }: TokenVariable,
      file: string | null = null,
    ): void => {
      const claims = unverifiedClaims(value);
      const instanceUrl = claims === null ? null : allowedUrl(claims.iss);
      if (claims === null || instanceUrl === null) return;
      const momId = momIdOf(claims.jti) ?? claims.jti;
      const key = `${instanceUrl} ${momId}`;
      const earlier = byMytoken.get(key);
      if (isKnown(instanceUrl, momId) || (earlier && earlier.claims.seq_no >= claims.seq_no)) return;
      if (!earlier && byMytoken.size >= mostCandidates) return;
      byMytoken.set(key, {
        claims,
        value,
        candidate: candidate(pid, program, variable, file, instanceUrl, claims),
      });
    };

    for (const [variable, text] of Object.entries(environment())) {
      if (text !== undefined && looksLikeJwt(text)) {
        add(null, ownProgram, { variable, value: new Secret(text) });
      }
    }
    for (const place of tokenPlaces(environment(), this.#deps.userId)) {
      const value = await this.#tokenIn(place.path);
      if (value !== null) add(null, '', { variable: place.variable, value }, place.path);
    }
    if (processes !== null) {
      for await (const { pid, program, variables } of processes.list()) {
        for (const variable of variables) add(pid, program, variable);
      }
    }

    this.clear();
    const candidates = [...byMytoken.values()].map((found) => {
      const ref = randomBytes(16).toString('base64url');
      this.#kept.set(ref, found.value);
      return { ref, ...found.candidate };
    });
    if (candidates.length > 0) this.#cancelExpiry = clock.after(keptMs, () => this.clear());
    log.info('import.scanned', { candidates: candidates.length });
    return candidates;
  }

  /** Only from files of the user's own: what somebody else leaves in a folder for all is none of theirs. */
  async #tokenIn(path: string): Promise<Secret | null> {
    try {
      const { text, ownerId } = await this.#deps.readFile(path);
      const line = firstLine(text).trim();
      return ownerId === this.#deps.userId && looksLikeJwt(line) ? new Secret(line) : null;
    } catch {
      return null; // most of these places are empty
    }
  }

  get(ref: string): Secret | null {
    return this.#kept.get(ref) ?? null;
  }

  clear(): void {
    this.#cancelExpiry?.();
    this.#cancelExpiry = null;
    this.#kept.clear();
  }
}

/** Everything here was written by strangers. */
function candidate(
  pid: number | null,
  program: string,
  variable: string,
  file: string | null,
  instanceUrl: string,
  claims: UnverifiedClaims,
): Omit<ImportCandidate, 'ref'> {
  return {
    pid,
    program: plainText(program, 80),
    variable: plainText(variable, 80),
    file: file === null ? null : plainText(file, 300),
    instanceUrl,
    tokenName: claims.name === null ? null : plainText(claims.name, 80),
    expiresAtMs: effectiveExpiryMs(claims),
  };
}

/** An address nobody may contact is not offered either. */
function allowedUrl(issuer: string): string | null {
  try {
    return parseInstanceUrl(issuer);
  } catch {
    return null;
  }
}
