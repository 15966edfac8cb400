/** The two body decoders of the server (protocol 2.2). */
import { badRequest, type Exchange } from './exchange.ts';

/** Fields of a body by lower-cased name: names are matched without regard to case, the last one wins. */
export class Fields {
  readonly #values: Map<string, unknown>;

  constructor(entries: Iterable<readonly [string, unknown]>) {
    this.#values = new Map([...entries].map(([key, value]) => [key.toLowerCase(), value]));
  }

  /** Undefined if missing or JSON null. */
  get(name: string): unknown {
    return this.#values.get(name.toLowerCase()) ?? undefined;
  }

  /** @throws ApiFailure 400 if present with another type */
  string(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'string') return value;
    throw badRequest(`json: cannot unmarshal ${typeof value} into Go struct field .${name} of type string`);
  }

  /** @throws ApiFailure 400 if present with another type */
  boolean(name: string): boolean {
    const value = this.get(name) ?? false;
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw badRequest(`json: cannot unmarshal ${typeof value} into Go struct field .${name} of type bool`);
  }

  /** @throws ApiFailure 400 if present with another type */
  integer(name: string): number {
    const value = this.get(name) ?? 0;
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    throw badRequest(`json: cannot unmarshal ${typeof value} into Go struct field .${name} of type int`);
  }

  /** The fields under the names a known list spells; unknown ones are dropped. */
  pick(names: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(
      names.map((name) => [name, this.get(name)] as const).filter(([, value]) => value !== undefined),
    );
  }
}

function parseJson(body: Buffer): unknown {
  const source = body.toString('utf8');
  if (source.trim() === '') throw badRequest('unexpected end of JSON input');
  try {
    return JSON.parse(source);
  } catch {
    throw badRequest('invalid character in JSON input');
  }
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('json: cannot unmarshal into Go value of type struct');
  return new Fields(Object.entries(value));
}

/** Body parsed as JSON no matter what Content-Type says. @throws ApiFailure 400 */
export function rawJson(exchange: Exchange): Fields {
  return fieldsOf(parseJson(exchange.body));
}

/** Any JSON value. @throws ApiFailure 400 */
export function rawJsonValue(exchange: Exchange): unknown {
  return parseJson(exchange.body);
}

export interface TypedBody {
  fields: Fields;
  /** Form-like bodies know other field names than JSON on some endpoints. */
  json: boolean;
}

/** Body decoded by its content type. @throws ApiFailure 400 "Unprocessable Entity" for any other type */
export async function byContentType(exchange: Exchange): Promise<TypedBody> {
  const type = (exchange.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json') return { fields: rawJson(exchange), json: true };
  if (type === 'application/x-www-form-urlencoded')
    return { fields: new Fields(new URLSearchParams(exchange.body.toString('utf8'))), json: false };
  if (type === 'multipart/form-data') {
    const form = await multipart(exchange);
    return { fields: new Fields(form.filter(([, value]) => typeof value === 'string')), json: false };
  }
  if (type.endsWith('/xml'))
    return { fields: new Fields(xmlFields(exchange.body.toString('utf8'))), json: false };
  throw badRequest('Unprocessable Entity');
}

async function multipart(exchange: Exchange): Promise<[string, unknown][]> {
  const response = new Response(new Uint8Array(exchange.body), {
    headers: { 'content-type': exchange.headers['content-type'] ?? '' },
  });
  try {
    // Node's own parser is good enough for requests of tests.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const form: Iterable<[string, unknown]> = await response.formData();
    return [...form];
  } catch {
    throw badRequest('Unprocessable Entity');
  }
}

/** One level of elements is all the requests of this protocol need. */
function xmlFields(source: string): [string, string][] {
  const inner = /^\s*(?:<\?[^>]*\?>\s*)?<(\w+)[^>]*>([\s\S]*)<\/\1>\s*$/.exec(source)?.[2] ?? '';
  return [...inner.matchAll(/<(\w+)[^>]*>([^<]*)<\/\1>/g)].map((match) => [match[1] ?? '', match[2] ?? '']);
}
