import type { z } from '../../shared/zod.ts';
import { badAnswer } from './problems.ts';
import { treeNodeSchema } from './schemas.ts';
import type { TokenTree } from './types.ts';

/** Each generation needs a login or a deliberate call, so real trees are flat; endless nesting would be an attack. */
const deepestTree = 100;

/** Reads one tree of mytokens; throws `mytoken/bad-answer`. */
export function readTree(node: unknown, depth = 0): TokenTree {
  if (depth > deepestTree) throw badAnswer('tree-too-deep');
  const parsed: z.ZodSafeParseResult<z.output<typeof treeNodeSchema>> = treeNodeSchema.safeParse(node);
  if (!parsed.success) throw badAnswer('unexpected-shape');
  const { token, children } = parsed.data;
  return {
    momId: token.mom_id,
    name: token.name ?? '',
    createdAtMs: token.created * 1000,
    expiresAtMs: token.expires_at === undefined ? null : token.expires_at * 1000,
    ip: token.ip ?? null,
    children: children.map((child) => readTree(child, depth + 1)),
  };
}
