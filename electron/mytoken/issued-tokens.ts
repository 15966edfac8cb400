import { DomainError } from '../../shared/errors.ts';
import { type Logger, Secret } from '../ports/index.ts';
import { jsonOf } from './answers.ts';
import type { HttpAnswer } from './http-types.ts';
import { classifyToken, looksLikeMytoken, momIdOf } from './identity.ts';
import { badAnswer, problem, withSent } from './problems.ts';
import { type MytokenAnswer, mytokenAnswerSchema, updateSchema } from './schemas.ts';
import { type DecodedMytoken, decodeMytoken, type TokenVerifier } from './token-verifier.ts';
import type { InstanceInfo, IssuedMytoken, IssuedTransferCode, MytokenClaims } from './types.ts';

/** What the token that was presented tells about its rightful successor. */
interface Predecessor {
  readonly value: Secret;
  readonly claims: MytokenClaims | null;
}

/** Reads mytokens out of answers and makes sure that they are what they claim to be. */
export class IssuedTokens {
  readonly #verifier: TokenVerifier;
  readonly #log: Logger;

  constructor(verifier: TokenVerifier, log: Logger) {
    this.#verifier = verifier;
    this.#log = log;
  }

  async mytoken(answer: MytokenAnswer, info: InstanceInfo): Promise<IssuedMytoken> {
    if (answer.mytoken === undefined || !looksLikeMytoken(answer.mytoken)) throw badAnswer('no-mytoken');
    return this.#issued(new Secret(answer.mytoken), answer, info);
  }

  transferCode(answer: MytokenAnswer): IssuedTransferCode {
    if (answer.transfer_code === undefined || answer.transfer_code === '')
      throw badAnswer('no-transfer-code');
    return {
      kind: 'transfer-code',
      code: new Secret(answer.transfer_code),
      momId: answer.mom_id ?? null,
      expiresInSeconds: answer.expires_in ?? null,
      capabilities: answer.capabilities,
      restrictions: answer.restrictions,
      rotation: answer.rotation ?? null,
    };
  }

  /**
   * The replacement of a rotated mytoken: `token_update` in the body or, where some servers lose that field, the cookie
   * `mytoken` (mytoken protocol, "token_update"). Null when there is none.
   *
   * A replacement has the same `jti` and a higher `seq_no` as what was sent and a valid signature. One that fails these
   * checks in the body ends the call as `mytoken/bad-signature` with `sent: 'maybe'`, so that the old string is looked
   * after; in the cookie it is somebody else's (a cache in between) and ignored. Keys that cannot be fetched are no
   * reason to throw away the only living string: see `IssuedMytoken.claimsVerified`.
   */
  async update(answer: HttpAnswer, sentToken: Secret, info: InstanceInfo): Promise<IssuedMytoken | null> {
    const predecessor = { value: sentToken, claims: decodeMytoken(sentToken)?.claims ?? null };
    const body = updateSchema.safeParse(jsonOf(answer) ?? {});
    if (!body.success) throw badAnswer('token-update');
    const fromBody = body.data.token_update;
    if (fromBody) return this.#replacement(fromBody, predecessor, info);

    const cookie = mytokenCookie(answer.setCookies);
    if (cookie === null) return null;
    try {
      return await this.#replacement(mytokenAnswerSchema.parse({ mytoken: cookie }), predecessor, info);
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'app/internal';
      this.#log.warn('mytoken.foreign-cookie', { code });
      return null;
    }
  }

  async #replacement(
    answer: MytokenAnswer,
    predecessor: Predecessor,
    info: InstanceInfo,
  ): Promise<IssuedMytoken | null> {
    if (answer.mytoken === predecessor.value.reveal()) return null;
    const issued = await this.mytoken(answer, info);
    const before = predecessor.claims;
    const after = issued.claims;
    // Short tokens have no claims to compare; the server alone knows what they stand for.
    if (before && after && (after.jti !== before.jti || after.seq_no <= before.seq_no)) {
      throw problem(
        'mytoken/bad-signature',
        'The server replaced the mytoken by one that is not its successor.',
        {
          sent: 'maybe',
          details: { reason: 'not-the-successor' },
        },
      );
    }
    return issued;
  }

  async #issued(value: Secret, answer: MytokenAnswer, info: InstanceInfo): Promise<IssuedMytoken> {
    if (classifyToken(value.reveal()) !== 'jwt') {
      return {
        kind: 'short',
        value,
        claims: null,
        momId: answer.mom_id ?? null,
        expiresInSeconds: answer.expires_in ?? null,
        capabilities: answer.capabilities,
        restrictions: answer.restrictions,
        rotation: answer.rotation ?? null,
      };
    }
    const decoded = decodeMytoken(value);
    if (!decoded) throw badAnswer('not-a-mytoken');
    const { claims } = decoded;
    const verified = await this.#verified(value, decoded, info);
    return {
      kind: 'jwt',
      value,
      claims,
      momId: momIdOf(claims.jti) ?? answer.mom_id ?? null,
      expiresInSeconds:
        answer.expires_in ?? (claims.exp === undefined ? null : Math.max(0, claims.exp - claims.iat)),
      // The signed claims say what the mytoken can do; the answer only repeats them, and some answers do not.
      capabilities: claims.capabilities,
      restrictions: claims.restrictions ?? [],
      rotation: claims.rotation ?? null,
      ...(verified ? {} : { claimsVerified: false }),
    };
  }

  async #verified(value: Secret, decoded: DecodedMytoken, info: InstanceInfo): Promise<boolean> {
    try {
      await this.#verifier.verify(value, decoded, info);
      return true;
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'app/internal';
      if (code === 'mytoken/bad-signature' || code === 'mytoken/issuer-mismatch')
        throw withSent(error, 'maybe');
      this.#log.warn('mytoken.unverified', { code });
      return false;
    }
  }
}

/** The value of the cookie `mytoken`; other cookies and all attributes are none of our business (RFC 6265, 5.2). */
function mytokenCookie(setCookies: readonly string[]): string | null {
  let value: string | null = null;
  for (const line of setCookies) {
    const match = /^\s*mytoken\s*=\s*"?([^;"]*)"?\s*(?:;|$)/.exec(line);
    if (match?.[1] !== undefined) value = match[1].trim();
  }
  return value !== null && looksLikeMytoken(value) ? value : null;
}
