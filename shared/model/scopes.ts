const identity: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'phone', 'address']);
const changing = /(admin|write|modify|create|delete|manage|cancel|stage|upload|all)\b/i;

/**
 * The scopes that allow most first: those that outlive the token or change things, then the others, then those that only tell who
 * somebody is (OpenID Connect Core, 5.4). Of scopes with a path (WLCG profile) the shorter path is the broader.
 */
export function broadestFirst(scopes: readonly string[]): readonly string[] {
  const rank = (scope: string): number =>
    scope === 'offline_access' ? 0 : changing.test(scope) ? 1 : identity.has(scope) ? 3 : 2;
  return scopes.toSorted(
    (a, b) => rank(a) - rank(b) || pathLength(a) - pathLength(b) || a.localeCompare(b, 'en'),
  );
}

function pathLength(scope: string): number {
  const colon = scope.indexOf(':/');
  return colon < 0
    ? 0
    : scope
        .slice(colon + 1)
        .split('/')
        .filter((part) => part !== '').length;
}
