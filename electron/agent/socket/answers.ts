import type { Secret } from '../../ports/index.ts';
import type { Repeatable } from '../desk/index.ts';

/** What the agent answers; the protocol's JSON is made here alone. */
export type AgentAnswer =
  | { readonly kind: 'done'; readonly info?: unknown }
  | {
      readonly kind: 'access-token';
      readonly accessToken: Secret;
      readonly issuer: string;
      readonly expiresAtMs: number;
      readonly repeatable?: Repeatable | null;
    }
  | {
      readonly kind: 'mytoken';
      readonly value: Secret;
      readonly tokenType: 'token' | 'short_token' | 'transfer_code';
      readonly capabilities: readonly string[];
      readonly restrictions: readonly unknown[];
      readonly expiresAtMs: number | null;
      readonly issuer: string;
      readonly instanceUrl: string;
      /** Revokes it at its server, where nobody has got it. */
      readonly takeBack?: () => Promise<void>;
    }
  | { readonly kind: 'refused'; readonly error: string; readonly info?: string };

/** Clients copy errors into buffers of this size (ipc reference 3). */
const longestError = 900;

/**
 * Clients decide by the presence of `error`: a failure always has a text, a success never the member. Some print texts through a
 * format: no percent signs (ipc reference 3).
 */
export function answerJson(answer: AgentAnswer): string {
  switch (answer.kind) {
    case 'done':
      return JSON.stringify({
        status: 'success',
        ...(answer.info === undefined ? {} : { info: answer.info }),
      });
    case 'access-token':
      return JSON.stringify({
        status: 'success',
        access_token: answer.accessToken.reveal(),
        issuer: answer.issuer,
        expires_at: Math.floor(answer.expiresAtMs / 1000),
      });
    case 'mytoken': {
      const field = answer.tokenType === 'transfer_code' ? 'transfer_code' : 'mytoken';
      return JSON.stringify({
        status: 'success',
        [field]: answer.value.reveal(),
        // The C library looks for the one, the server's own answer has the other (ipc reference 4.2).
        mytoken_type: answer.tokenType,
        token_type: answer.tokenType,
        capabilities: answer.capabilities,
        restrictions: answer.restrictions,
        ...(answer.expiresAtMs === null ? {} : { expires_at: Math.floor(answer.expiresAtMs / 1000) }),
        oidc_issuer: answer.issuer,
        mytoken_issuer: answer.instanceUrl,
      });
    }
    case 'refused': {
      const error = printable(answer.error).slice(0, longestError);
      return JSON.stringify({
        status: 'failure',
        error: error === '' ? 'Mytoken Desktop refused the request' : error,
        ...(answer.info === undefined ? {} : { info: `${printable(answer.info)}\n` }),
      });
    }
  }
}

function printable(text: string): string {
  return text.replaceAll('%', ' percent').trim();
}
