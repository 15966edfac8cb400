import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { z } from '../../shared/zod.ts';
import { responseTypes } from '../../shared/model/sub-mytoken.ts';
import type { MytokenDraft } from './draft.ts';

/** Where in the text something is wrong; lines and columns count from one, as in every editor. */
export interface JsonProblem {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly length: number;
  /** A syntax error, a value that is not possible, or a key that nobody would look at. */
  readonly kind: 'syntax' | 'value' | 'unknown-key';
  /** For people who know JSON: what was expected, or which key. */
  readonly detail: string;
}

export type ReadJson =
  | { readonly ok: true; readonly draft: MytokenDraft }
  | { readonly ok: false; readonly problems: readonly JsonProblem[] };

const time = z.union([z.number(), z.string().max(40)]);
const texts = z.array(z.string().max(512)).max(250);
const count = z.int().min(0).max(2_147_483_647);
const schema = z.strictObject({
  name: z.string().max(200).default(''),
  capabilities: z.array(z.string().min(1).max(100)).max(60).default([]),
  restrictions: z
    .array(
      z.strictObject({
        nbf: time.optional(),
        exp: time.optional(),
        scope: z.string().max(4096).optional(),
        audience: texts.optional(),
        hosts: texts.optional(),
        geoip_allow: texts.optional(),
        geoip_disallow: texts.optional(),
        usages_AT: count.optional(),
        usages_other: count.optional(),
      }),
    )
    .max(20)
    .default([]),
  rotation: z
    .strictObject({
      on_AT: z.boolean().optional(),
      on_other: z.boolean().optional(),
      lifetime: z.int().min(1).optional(),
      auto_revoke: z.boolean().optional(),
    })
    .nullable()
    .default(null),
  response_type: z.enum(responseTypes).default('token'),
});

/** The draft in the wire's own names, as the mytoken API takes it. */
export function toJson(draft: MytokenDraft): string {
  return JSON.stringify(
    {
      name: draft.name,
      capabilities: draft.capabilities,
      restrictions: draft.restrictions,
      ...(draft.rotation === null ? {} : { rotation: draft.rotation }),
      response_type: draft.responseType,
    },
    null,
    2,
  );
}

/** Reads what somebody typed or pasted. Every problem has a place. */
export function fromJson(text: string): ReadJson {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  // After the first syntax error the rest is guesswork.
  if (first !== undefined || tree === undefined) {
    const place = first ?? { offset: 0, length: text.length, error: null };
    const detail = place.error === null ? 'ValueExpected' : printParseErrorCode(place.error);
    return { ok: false, problems: [problemAt(text, place.offset, place.length, 'syntax', detail)] };
  }
  const read = schema.safeParse(JSON.parse(text));
  if (read.success) {
    const { response_type: responseType, ...rest } = read.data;
    return { ok: true, draft: { ...rest, responseType } };
  }
  return {
    ok: false,
    problems: read.error.issues.flatMap((issue) => {
      const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => {
          const node = keyNode(tree, [...path, key]);
          return problemAt(text, node.offset, node.length, 'unknown-key', key);
        });
      }
      const node = findNodeAtLocation(tree, path) ?? tree;
      return [problemAt(text, node.offset, node.length, 'value', issue.message)];
    }),
  };
}

/** The key itself, not the value behind it. */
function keyNode(tree: Node, path: (string | number)[]): Node {
  const value = findNodeAtLocation(tree, path);
  return value?.parent?.children?.[0] ?? value ?? tree;
}

function problemAt(
  text: string,
  offset: number,
  length: number,
  kind: JsonProblem['kind'],
  detail: string,
): JsonProblem {
  const before = text.slice(0, offset).split('\n');
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    offset,
    length: Math.max(1, Math.min(length, text.length - offset)),
    kind,
    detail,
  };
}
