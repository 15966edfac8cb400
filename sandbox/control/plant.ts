/** A big tree of mytokens in one call, for tests of how clients cope with many. */
import { seededRandom } from '../http/faults.ts';
import { childCapabilities } from '../rules/capabilities.ts';
import type { ServerContext } from '../server/context.ts';
import { recordEvent, recordToken } from '../tokens/lifecycle.ts';
import type { StoredToken } from '../tokens/model.ts';
import type { PlantedTree, PlantTreeOptions } from '../types.ts';

const DAY_SECONDS = 86_400;
/** Expired tokens stay listed for a month; planted ones ended less than this ago. */
const EXPIRED_DAYS = 20;
const ROOT_AGE_DAYS = 300;
const PURPOSES = [
  'batch job',
  'notebook',
  'transfer to storage',
  'nightly sync',
  'pipeline',
  'data export',
  'beamtime',
  'monitoring',
];
const HOSTS = ['login01', 'login02', 'gpu-node', 'worker', 'laptop', 'ci-runner', 'dcache-door', 'jupyter'];

interface Plant {
  token: StoredToken;
  level: number;
}

function pick<T>(list: readonly T[], random: () => number, fallback: T): T {
  return list[Math.floor(random() * list.length)] ?? fallback;
}

/** Planted in the past, but never before its parent. */
function plantOne(
  context: ServerContext,
  parent: StoredToken,
  index: number,
  random: () => number,
  expired: boolean,
): StoredToken {
  const nowS = context.clock.nowS();
  const createdS = Math.max(parent.created, nowS - Math.floor(random() * ROOT_AGE_DAYS * DAY_SECONDS));
  const endedS = nowS - 1 - Math.floor(random() * EXPIRED_DAYS * DAY_SECONDS);
  const exp = expired
    ? Math.min(nowS - 1, Math.max(createdS + 60, endedS))
    : nowS + Math.floor((1 + random() * 200) * DAY_SECONDS);
  const unlimited = !expired && random() < 0.1;
  const host = pick(HOSTS, random, 'host');
  const caller = { ip: `192.0.2.${1 + Math.floor(random() * 250)}`, userAgent: `mytoken-client (${host})` };
  const token = recordToken(
    context,
    {
      issuer: parent.claims.oidc_iss,
      oidcSub: parent.claims.oidc_sub,
      name: random() < 0.05 ? '' : `${host}: ${pick(PURPOSES, random, 'job')} ${index + 1}`,
      capabilities: childCapabilities(parent.claims.capabilities, []),
      restrictions: unlimited ? [] : [{ exp, ...(random() < 0.3 ? { usages_AT: 20 } : {}) }],
      refreshTokenId: parent.refreshTokenId,
      parent,
      authTime: parent.claims.auth_time ?? createdS,
      createdS,
    },
    caller,
  );
  token.ip = caller.ip;
  recordEvent(context, token, 'created', 'Used grant_type mytoken', caller, token.created);
  recordEvent(context, token, 'inherited_RT', 'Got RT from parent', caller, token.created);
  recordEvent(context, parent, 'MT_created', `Created MT ${token.claims.name ?? ''}`, caller, token.created);
  for (let use = Math.floor(random() * 4); use > 0; use -= 1)
    recordEvent(context, token, 'AT_created', 'Used grant_type mytoken', caller, token.created + use * 60);
  return token;
}

/** Makes the root old enough to have grown a tree. */
function backdate(context: ServerContext, root: StoredToken): void {
  const createdS = context.clock.nowS() - ROOT_AGE_DAYS * DAY_SECONDS;
  if (root.created <= createdS) return;
  root.created = createdS;
  for (const event of root.events) if (event.event === 'created') event.time = createdS;
}

/** @throws Error for an unknown token */
export function plantTree(context: ServerContext, options: PlantTreeOptions): PlantedTree {
  const root = context.store.state.tokens[options.momId];
  if (!root) throw new Error('no such mytoken');
  const { count = 10_000, depth = 6, expiredShare = 0.15, seed = 1 } = options;
  const random = seededRandom(seed);
  backdate(context, root);
  const plants: Plant[] = [{ token: root, level: 0 }];
  const mayGrow: Plant[] = [...plants];
  let expired = 0;
  for (let index = 0; index < count; index += 1) {
    // Every fourth token hangs on the root itself, the others anywhere: wide at the top and deep in places.
    const chosen = random() < 0.25 ? mayGrow[0] : mayGrow[Math.floor(random() * mayGrow.length)];
    const parent = chosen ?? { token: root, level: 0 };
    const over = random() < expiredShare;
    const token = plantOne(context, parent.token, index, random, over);
    if (over) expired += 1;
    const plant = { token, level: parent.level + 1 };
    plants.push(plant);
    if (plant.level < depth) mayGrow.push(plant);
  }
  for (const { token } of plants) token.events.sort((a, b) => a.time - b.time);
  return {
    planted: count,
    expired,
    depth: plants.reduce((deepest, plant) => Math.max(deepest, plant.level), 0),
    momIds: plants.slice(1).map(({ token }) => token.momId),
  };
}
