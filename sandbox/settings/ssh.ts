/** SSH keys of a user: list, add through a login of its own, delete (protocol 14.3). */
import { createHash } from 'node:crypto';
import { byContentType, rawJson, type Fields } from '../http/body.ts';
import { ApiFailure, badRequest, json, noContent, type Exchange, type Reply } from '../http/exchange.ts';
import { requireNumericTimes } from '../server/consent.ts';
import { findProvider, listOf, type ServerContext } from '../server/context.ts';
import { pollCode } from '../server/polling.ts';
import { startConsent } from '../server/login-start.ts';
import { otherUse } from '../server/other-use.ts';
import { operatorRestrictions, readCapabilities, readRestrictions } from '../server/request.ts';
import { presentedToken } from '../tokens/authenticate.ts';
import { withToken } from '../server/with-token.ts';
import { letters } from '../tokens/codes.ts';
import { addEvent, releaseRefreshTokens, revokeToken } from '../tokens/lifecycle.ts';
import type { StoredToken } from '../tokens/model.ts';
import { chargeableOther, requireCapability } from '../tokens/usage.ts';
import type { StoredUser } from '../users/model.ts';
import { userOf } from '../users/users.ts';
import { sshFingerprint } from './ssh-key.ts';

const PORT = 2222;

/** A key lives as long as the mytoken it stands for. */
function forgetDeadKeys(context: ServerContext, user: StoredUser): void {
  user.sshKeys = user.sshKeys.filter((key) => context.store.state.tokens[key.momId]);
}

export function listSshKeys(context: ServerContext, exchange: Exchange): Promise<Reply> {
  return otherUse(context, exchange, undefined, {
    needs: 'read@settings:grants:ssh',
    work: ({ token }, caller) => {
      addEvent(context, token, 'ssh_keys_listed', '', caller);
      const user = userOf(context, token.claims.sub);
      forgetDeadKeys(context, user);
      const keys = user.sshKeys.map((key) => ({
        ...(key.name === '' ? {} : { name: key.name }),
        ssh_key_fp: key.fingerprint,
        created: key.created,
        ...(key.lastUsed === undefined ? {} : { last_used: key.lastUsed }),
      }));
      const enabled = user.grants['ssh'] ?? false;
      return { status: 200, body: { grant_enabled: enabled, ssh_keys: listOf(context, keys) } };
    },
  });
}

/** Two steps on one path: `grant_type` says which. */
export async function addSshKey(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const query = exchange.url.searchParams.get('grant_type');
  const grant =
    query ?? rawJsonGrant(exchange) ?? (await byContentType(exchange)).fields.string('grant_type');
  if (grant === 'polling_code') return redeemSshCode(context, exchange);
  if (grant === 'mytoken') return requestSshKey(context, exchange);
  throw new ApiFailure(400, 'invalid_grant', 'Unsupported grant_type');
}

/** Polling is decoded as JSON whatever the content type says. */
function rawJsonGrant(exchange: Exchange): string | undefined {
  try {
    return rawJson(exchange).string('grant_type');
  } catch {
    return undefined;
  }
}

function requireNewKey(context: ServerContext, user: StoredUser, fingerprint: string): void {
  forgetDeadKeys(context, user);
  if (user.sshKeys.some((key) => key.fingerprint === fingerprint))
    throw new ApiFailure(409, 'invalid_request', 'ssh key already added');
}

function wantedRestrictions(fields: Fields): unknown[] {
  const raw = fields.get('restrictions') ?? [];
  if (!Array.isArray(raw))
    throw badRequest('json: cannot unmarshal into Go struct field .restrictions of type []Restriction');
  requireNumericTimes(raw);
  return raw;
}

async function requestSshKey(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const capabilities = readCapabilities(fields.get('capabilities'));
  const restrictions = wantedRestrictions(fields);
  return otherUse(context, exchange, fields, {
    needs: 'settings:grants:ssh',
    work: ({ token }, caller) => {
      const user = userOf(context, token.claims.sub);
      if (!user.grants['ssh']) throw new ApiFailure(403, 'access_denied', "'ssh' grant type not enabled");
      const fingerprint = sshFingerprint(fields.string('ssh_key') ?? '');
      if (fingerprint === undefined) throw badRequest('could not parse ssh public key');
      requireNewKey(context, user, fingerprint);
      const provider = findProvider(context, token.claims.oidc_iss);
      if (!provider) throw badRequest('The provided issuer is not supported');
      const name = fields.string('name') ?? '';
      const read = readRestrictions(context, restrictions, exchange);
      const begun = startConsent(context, exchange, {
        issuer: provider.issuer,
        name: `mytoken for ssh-grant: ${name}`,
        applicationName: '',
        capabilities: capabilities.length > 0 ? capabilities : ['AT'],
        restrictions: operatorRestrictions(context, provider, read),
        rotation: undefined,
        wish: { responseType: 'token', maxTokenLen: 0 },
        redirectUri: undefined,
        ssh: { sub: token.claims.sub, fingerprint, name },
      });
      addEvent(context, token, 'ssh_key_added', name, caller);
      return { status: 200, body: begun.answer };
    },
  });
}

/** The user name is a secret the server only keeps the hash of, so it is told this once. */
function redeemSshCode(context: ServerContext, exchange: Exchange): Reply {
  const { ssh, token } = pollCode(context, exchange, rawJson(exchange).string('polling_code'), 'ssh');
  if (!ssh) throw new Error('an ssh code without a key');
  const user = userOf(context, ssh.sub);
  requireNewKey(context, user, ssh.fingerprint);
  const sshUser = letters(16);
  user.sshKeys.push({
    name: ssh.name,
    fingerprint: ssh.fingerprint,
    created: context.clock.nowS(),
    userHash: createHash('sha256').update(sshUser).digest('base64'),
    momId: token.momId,
  });
  context.store.touch();
  return json(200, { ssh_user: sshUser, ssh_host_config: hostBlock(context, ssh.name, sshUser) });
}

function hostBlock(context: ServerContext, name: string, sshUser: string): string {
  const host = name === '' ? 'mytoken' : `mytoken-${name}`;
  const { hostname } = new URL(context.settings.issuer);
  return `Host ${host}\n    HostName ${hostname}\n    Port ${PORT}\n    User ${sshUser}\n`;
}

/** Restrictions are looked at, but nothing is counted, logged or rotated. */
export async function deleteSshKey(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const given = fields.string('ssh_key_fp') ?? '';
  const line = fields.string('ssh_key') ?? '';
  if (given === '' && line === '') throw badRequest("required parameter 'ssh_key_fp' is missing");
  const fingerprint = given === '' ? sshFingerprint(line) : given;
  if (fingerprint === undefined) throw badRequest('could not parse ssh public key');
  const presented = presentedToken(context, exchange, fields);
  return withToken(context, exchange, presented, async ({ token }) => {
    requireCapability(token, 'settings:grants:ssh');
    chargeableOther(context, token, exchange.ip);
    const linked = takeKey(context, userOf(context, token.claims.sub), fingerprint);
    if (linked) await releaseRefreshTokens(context, revokeToken(context, linked, true));
    return noContent();
  });
}

function takeKey(context: ServerContext, user: StoredUser, fingerprint: string): StoredToken | undefined {
  const key = user.sshKeys.find((entry) => entry.fingerprint === fingerprint);
  user.sshKeys = user.sshKeys.filter((entry) => entry !== key);
  context.store.touch();
  return context.store.state.tokens[key?.momId ?? ''];
}
