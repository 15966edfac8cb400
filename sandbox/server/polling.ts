/** Codes a client polls or redeems (protocol 8.4, 8.6, 14.3). They live in one table. */
import { ApiFailure, type Exchange } from '../http/exchange.ts';
import { invalidToken } from '../tokens/authenticate.ts';
import { addEvent } from '../tokens/lifecycle.ts';
import type { SshWish, StoredCode, StoredToken } from '../tokens/model.ts';
import { momIdOf } from '../tokens/signer.ts';
import { callerOf } from '../tokens/usage.ts';
import { oddStatus, type ServerContext } from './context.ts';

const BAD_CODE = 'Bad polling or transfer code';

/** Codes of the ssh flow are not accepted on the mytoken endpoint, nor the other way round. */
type CodeUse = 'mytoken' | 'ssh';

/** @throws ApiFailure 401 */
export function storedCode(context: ServerContext, code: string | undefined, use: CodeUse): StoredCode {
  const stored = context.store.state.codes[code ?? ''];
  if (!stored || (stored.ssh !== undefined) !== (use === 'ssh')) throw invalidToken(BAD_CODE);
  if (stored.expires < context.clock.nowS())
    throw new ApiFailure(401, 'expired_token', 'polling or transfer code is expired');
  return stored;
}

export function consumeCode(context: ServerContext, code: string | undefined): void {
  Reflect.deleteProperty(context.store.state.codes, code ?? '');
  context.store.touch();
}

/** @throws ApiFailure 401 for a code whose token is gone */
export function requireToken(token: StoredToken | undefined): StoredToken {
  if (!token) throw invalidToken(BAD_CODE);
  return token;
}

interface Polled {
  token: StoredToken;
  jwt: string;
  stored: StoredCode;
  ssh: SshWish | undefined;
}

/**
 * One poll; a finished login consumes the code.
 * @throws ApiFailure 428 while the login is under way, 401 when it will not end well
 */
export function pollCode(
  context: ServerContext,
  exchange: Exchange,
  code: string | undefined,
  use: CodeUse,
): Polled {
  const stored = storedCode(context, code, use);
  if (stored.state === 'declined') throw new ApiFailure(401, 'access_denied', 'user declined consent');
  if (stored.state === 'pending' || stored.jwt === undefined)
    throw new ApiFailure(oddStatus(context, 428), 'authorization_pending');
  // Times are not validated here, so that a token which is not valid yet is delivered.
  const claims = context.signer.verify(stored.jwt, context.clock.nowS(), false);
  consumeCode(context, code);
  const token = requireToken(context.store.state.tokens[momIdOf(claims.jti)]);
  addEvent(context, token, 'transfer_code_used', '', callerOf(exchange));
  return { token, jwt: stored.jwt, stored, ssh: stored.ssh };
}
