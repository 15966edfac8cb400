/** Profiles and templates: references, merging and expansion (mytoken protocol, "Referencing" and "Merge rules"). Works on raw JSON. */

export const templateKinds = ['profiles', 'capabilities', 'restrictions', 'rotation'] as const;
export type TemplateKind = (typeof templateKinds)[number];

/** Where to find a payload: by kind, group (`_` is the default one) and name; undefined when there is none. */
export type TemplateLookup = (kind: TemplateKind, group: string, name: string) => unknown;

/** Templates of this machine, which a reference without a group means first, and those of a server. */
export function lookupIn(
  local: readonly { readonly kind: TemplateKind; readonly name: string; readonly payload?: unknown }[],
  server: Readonly<
    Partial<
      Record<
        TemplateKind,
        readonly { readonly group: string; readonly name: string; readonly payload?: unknown }[]
      >
    >
  >,
): TemplateLookup {
  return (kind, group, name) => {
    const here =
      group === '_' ? local.find((entry) => entry.kind === kind && entry.name === name) : undefined;
    return (here ?? server[kind]?.find((entry) => entry.group === group && entry.name === name))?.payload;
  };
}

/** A reference to nothing, a template that includes itself, or two values that cannot be merged. */
export class TemplateProblem extends Error {
  readonly reason: 'unknown' | 'circular' | 'not-mergeable';
  /** The reference in question, without `@`. */
  readonly reference: string;

  constructor(reason: TemplateProblem['reason'], reference: string) {
    super(`${reason}: ${reference}`);
    this.name = 'TemplateProblem';
    this.reason = reason;
    this.reference = reference;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

/** What was used to expand a request, in the order it was met: shown, so that nobody wonders where a value comes from. */
export interface Expanded<T> {
  readonly value: T;
  readonly included: readonly { readonly kind: TemplateKind; readonly reference: string }[];
}

/** A profile or request with all its includes resolved; the three templated fields have their plain shapes. */
export interface ExpandedProfile {
  readonly name?: string;
  readonly capabilities?: readonly string[];
  readonly restrictions?: readonly JsonObject[];
  readonly rotation?: JsonObject;
  readonly [field: string]: unknown;
}

/** Throws {@link TemplateProblem}. */
export function expandProfile(raw: unknown, lookup: TemplateLookup): Expanded<ExpandedProfile> {
  const expander = new Expander(lookup);
  return { value: expander.profile(isObject(raw) ? raw : {}), included: expander.included };
}

class Expander {
  readonly included: { kind: TemplateKind; reference: string }[] = [];
  readonly #lookup: TemplateLookup;

  constructor(lookup: TemplateLookup) {
    this.#lookup = lookup;
  }

  profile(raw: JsonObject): ExpandedProfile {
    const merged = this.#withProfiles(raw, []);
    const result: Record<string, unknown> = { ...merged };
    const expanders = {
      capabilities: (value: unknown) => this.capabilities(value, []),
      restrictions: (value: unknown) => this.restrictions(value, []),
      rotation: (value: unknown) => this.rotation(value, []),
    };
    for (const [field, expand] of Object.entries(expanders)) {
      if (merged[field] !== undefined && merged[field] !== null) result[field] = expand(merged[field]);
    }
    return result;
  }

  #withProfiles(raw: JsonObject, trail: readonly string[]): JsonObject {
    const { include, ...own } = raw;
    return namesIn(include).reduce<JsonObject>((merged, name) => {
      const found = this.#find('profiles', name, trail);
      const payload = isObject(found.payload) ? this.#withProfiles(found.payload, found.trail) : {};
      return merge(merged, payload, name) as JsonObject;
    }, own);
  }

  /** A string is template names; inside an array only words with `@` are. */
  capabilities(raw: unknown, trail: readonly string[]): readonly string[] {
    const entries = typeof raw === 'string' ? namesIn(raw).map((name) => `@${bare(name)}`) : raw;
    if (!Array.isArray(entries)) return [];
    const expanded = entries.flatMap((entry: unknown): readonly string[] => {
      if (typeof entry !== 'string') return [];
      if (!entry.startsWith('@')) return [entry];
      const found = this.#find('capabilities', entry, trail);
      return this.capabilities(found.payload, found.trail);
    });
    return [...new Set(expanded)];
  }

  restrictions(raw: unknown, trail: readonly string[]): readonly JsonObject[] {
    const entries: readonly unknown[] =
      typeof raw === 'string' ? namesIn(raw) : Array.isArray(raw) ? raw : raw === null ? [] : [raw];
    return entries
      .flatMap((entry): readonly JsonObject[] => {
        if (isObject(entry)) return [this.#clause(entry, trail)];
        return namesIn(entry).flatMap((name) => {
          const found = this.#find('restrictions', name, trail);
          return this.restrictions(found.payload, found.trail);
        });
      })
      .filter((clause) => Object.keys(clause).length > 0);
  }

  #clause(raw: JsonObject, trail: readonly string[]): JsonObject {
    const { include, ...own } = raw;
    return namesIn(include).reduce<JsonObject>((merged, name) => {
      const found = this.#find('restrictions', name, trail);
      const clauses = this.restrictions(found.payload, found.trail);
      if (clauses.length > 1) throw new TemplateProblem('not-mergeable', bare(name));
      return merge(merged, clauses[0] ?? {}, name) as JsonObject;
    }, own);
  }

  rotation(raw: unknown, trail: readonly string[]): JsonObject {
    const { include, ...own } = typeof raw === 'string' ? { include: raw } : isObject(raw) ? raw : {};
    return namesIn(include).reduce<JsonObject>((merged, name) => {
      const found = this.#find('rotation', name, trail);
      return merge(merged, this.rotation(found.payload, found.trail), name) as JsonObject;
    }, own);
  }

  #find(
    kind: TemplateKind,
    reference: string,
    trail: readonly string[],
  ): { readonly payload: unknown; readonly trail: readonly string[] } {
    const name = bare(reference);
    const key = `${kind} ${name}`;
    if (trail.includes(key)) throw new TemplateProblem('circular', name);
    const slash = name.indexOf('/');
    const group = slash < 0 ? '_' : name.slice(0, slash);
    const payload = this.#lookup(kind, group, name.slice(slash + 1));
    if (payload === undefined) throw new TemplateProblem('unknown', name);
    this.included.push({ kind, reference: name });
    return { payload, trail: [...trail, key] };
  }
}

/** The own value first: scalars keep it, objects merge key by key, arrays are united. */
function merge(own: unknown, included: unknown, reference: string): unknown {
  if (own === undefined) return included;
  if (included === undefined) return own;
  if (Array.isArray(own)) return united(own, Array.isArray(included) ? included : [included]);
  if (isObject(own)) {
    if (!isObject(included)) throw new TemplateProblem('not-mergeable', bare(reference));
    const merged: Record<string, unknown> = { ...own };
    for (const [key, value] of Object.entries(included)) merged[key] = merge(own[key], value, reference);
    return merged;
  }
  return Array.isArray(included) ? united([own], included) : own;
}

function united(own: readonly unknown[], included: readonly unknown[]): readonly unknown[] {
  const seen = new Set<string>();
  return [...own, ...included].filter((entry) => {
    const text = JSON.stringify(entry);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
}

function namesIn(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((entry) => (typeof entry === 'string' ? entry.split(/\s+/).filter(Boolean) : []));
}

function bare(reference: string): string {
  return reference.replace(/^@/, '');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
