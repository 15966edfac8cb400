import type { z } from '../../shared/zod.ts';
import type { HttpAnswer } from './http-types.ts';
import { badAnswer } from './problems.ts';

/** Media type without parameters, lower case. */
export function contentTypeOf(answer: HttpAnswer): string {
  return (answer.headers['content-type']?.split(';')[0] ?? '').trim().toLowerCase();
}

/**
 * The body as JSON, or undefined. Handlers without a body of their own send the status text as text/plain (mytoken
 * protocol, "Responses"), gateways send HTML: the type is looked at before anything is parsed.
 */
export function jsonOf(answer: HttpAnswer): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(contentTypeOf(answer))) return undefined;
  try {
    return JSON.parse(answer.body);
  } catch {
    return undefined;
  }
}

/**
 * Reads a 200 answer of the given shape. Throws `mytoken/bad-answer`; since the server did act, its fate is `maybe`.
 * The zod error stays out of it: it may quote what was received.
 */
export function readAs<T>(schema: z.ZodType<T>, answer: HttpAnswer): T {
  const json = jsonOf(answer);
  if (json === undefined) throw badAnswer('not-json');
  const result = schema.safeParse(json);
  if (!result.success) throw badAnswer('unexpected-shape');
  return result.data;
}

/** An HTTP date (RFC 9110, 5.6.7) in milliseconds, or NaN. `Date.parse` alone also reads meaning into `-5`. */
export function httpDateMs(text: string): number {
  return /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
}
