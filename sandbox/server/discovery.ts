/** Discovery document, user-settings metadata (protocol 3.1, 14.1). */
import { json, type Reply } from '../http/exchange.ts';
import { RESTRICTION_KEYS } from '../rules/clauses.ts';
import { fingerprintOf } from '../settings/ssh-key.ts';
import { hasTags, isAtLeast, type ServerContext } from './context.ts';

export function discoveryDocument(context: ServerContext): Reply {
  const { issuer, features, version, disabledRestrictionKeys } = context.settings;
  const { quirks } = context;
  const api = `${issuer}/api/v0`;
  const restrictionKeys = RESTRICTION_KEYS.filter((key) => !disabledRestrictionKeys.includes(key));
  const federated = quirks.newFederationSpelling ? 'oidfed' : 'oidc_fed';
  return json(200, {
    issuer,
    access_token_endpoint: `${api}/token/access`,
    mytoken_endpoint: `${api}/token/my`,
    ...(features.tokeninfo ? { tokeninfo_endpoint: `${api}/tokeninfo` } : {}),
    ...(features.revocation ? { revocation_endpoint: `${api}/token/revoke` } : {}),
    usersettings_endpoint: `${api}/settings`,
    ...(isAtLeast(context, 0, 10) ? { notifications_endpoint: `${api}/notifications` } : {}),
    ...(features.transferCodes ? { token_transfer_endpoint: `${api}/token/transfer` } : {}),
    ...(isAtLeast(context, 0, 7) ? { profiles_endpoint: `${api}/pt` } : {}),
    jwks_uri: `${issuer}/jwks`,
    ...(features.sshGrant
      ? { ssh_keys: [{ type: 'ssh-ed25519', fingerprint: sshHostFingerprint(context) }] }
      : {}),
    providers_supported: context.providers.map((provider) => ({
      issuer: provider.issuer,
      ...(provider.name === '' ? {} : { name: provider.name }),
      scopes_supported: provider.scopes,
      ...(provider.federated ? { [federated]: true } : {}),
    })),
    token_signing_alg_value: 'ES512',
    ...(features.tokeninfo
      ? {
          tokeninfo_endpoint_actions_supported: ['introspect', 'event_history', 'subtokens', 'list_mytokens'],
        }
      : {}),
    access_token_endpoint_grant_types_supported: ['mytoken'],
    mytoken_endpoint_grant_types_supported: [
      'oidc_flow',
      'mytoken',
      ...(features.transferCodes ? ['transfer_code'] : []),
      ...(features.pollingCodes ? ['polling_code'] : []),
      ...(features.sshGrant ? ['ssh'] : []),
    ],
    mytoken_endpoint_oidc_flows_supported: ['authorization_code'],
    response_types_supported: [
      'token',
      ...(features.shortTokens ? ['short_token'] : []),
      ...(features.transferCodes ? ['transfer_code'] : []),
    ],
    ...(quirks.oldDiscoveryNames
      ? { supported_restriction_keys: restrictionKeys.map((key) => (key === 'hosts' ? 'ip' : key)) }
      : { restriction_claims_supported: restrictionKeys }),
    version,
    token_endpoint: `${api}/token/access`,
  });
}

/** Nobody listens there; the key only has to stay the same, so it follows from the signing key. */
function sshHostFingerprint(context: ServerContext): string {
  const { x = '' } = context.store.state.signingKey ?? {};
  return fingerprintOf(Buffer.from(`ssh-ed25519 ${x}`));
}

/** `email_endpoint` is named even where mail is switched off. */
export function settingsMetadata(context: ServerContext): Reply {
  // A relative path in place of all the URLs before 0.10.
  if (!isAtLeast(context, 0, 10)) return json(200, { grant_type_endpoint: 'grants' });
  const base = `${context.settings.issuer}/api/v0/settings`;
  return json(200, {
    grant_type_endpoint: `${base}/grants`,
    email_endpoint: `${base}/email`,
    ...(hasTags(context) ? { tags_endpoint: `${base}/tags` } : {}),
  });
}
