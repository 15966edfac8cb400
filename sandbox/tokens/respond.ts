/** MytokenResponse in the wanted response type (protocol 8.1, 8.2). */
import type { ServerContext } from '../server/context.ts';
import type { MytokenResponse, ResponseType } from '../types.ts';
import { letters } from './codes.ts';
import type { DeliveryWish, StoredToken } from './model.ts';

export function newShortToken(context: ServerContext, jwt: string): string {
  const short = letters(context.settings.shortTokenLength);
  context.store.state.shortTokens[short] = jwt;
  context.store.touch();
  return short;
}

export function newTransferCode(context: ServerContext, jwt: string, primary: boolean): string {
  const code = letters(8);
  context.store.state.codes[code] = {
    kind: 'transfer',
    expires: context.clock.nowS() + context.settings.codeSeconds,
    state: 'ready',
    jwt,
    wish: { responseType: 'token', maxTokenLen: 0 },
    primary,
  };
  context.store.touch();
  return code;
}

/** Response type after `max_token_len` had its say, which overrides `response_type`. */
export function effectiveType(context: ServerContext, wish: DeliveryWish, jwt: string): ResponseType {
  const { features, shortTokenLength } = context.settings;
  if (wish.maxTokenLen > 0) {
    if (jwt.length <= wish.maxTokenLen) return 'token';
    if (features.shortTokens && shortTokenLength <= wish.maxTokenLen) return 'short_token';
    return features.transferCodes ? 'transfer_code' : 'token';
  }
  if (wish.responseType === 'short_token') return features.shortTokens ? 'short_token' : 'token';
  if (wish.responseType === 'transfer_code') return features.transferCodes ? 'transfer_code' : 'token';
  return 'token';
}

export function mytokenResponse(
  context: ServerContext,
  token: StoredToken,
  jwt: string,
  type: ResponseType,
): MytokenResponse {
  const { claims } = token;
  const left = claims.exp === undefined ? 0 : claims.exp - context.clock.nowS();
  const details = {
    mom_id: token.momId,
    capabilities: claims.capabilities,
    ...(claims.restrictions ? { restrictions: claims.restrictions } : {}),
    ...(claims.rotation ? { rotation: claims.rotation } : {}),
  };
  if (type === 'transfer_code') {
    const code = newTransferCode(context, jwt, true);
    return {
      transfer_code: code,
      mytoken_type: type,
      expires_in: context.settings.codeSeconds,
      ...details,
    };
  }
  return {
    mytoken: type === 'short_token' ? newShortToken(context, jwt) : jwt,
    mytoken_type: type,
    ...(left > 0 ? { expires_in: left } : {}),
    ...details,
  };
}
