/** Expansion and merging of profiles and templates (protocol 19.2, 19.3). Works on raw JSON. */

export type TemplateKind = 'profiles' | 'capabilities' | 'restrictions' | 'rotation';
export const TEMPLATE_KINDS: readonly TemplateKind[] = [
  'profiles',
  'capabilities',
  'restrictions',
  'rotation',
];

export type JsonObject = Record<string, unknown>;
/** Finds a payload; undefined = no such template. */
export type TemplateLookup = (kind: TemplateKind, group: string, name: string) => unknown;

/** An unknown name or two values that cannot be merged; the message is the wire's error description. */
export class TemplateError extends Error {}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function union(own: readonly unknown[], included: readonly unknown[]): unknown[] {
  const seen = new Set<string>();
  return [...own, ...included].filter((entry) => {
    const text = JSON.stringify(entry);
    const fresh = !seen.has(text);
    seen.add(text);
    return fresh;
  });
}

/** Own value first: scalars keep the own value, objects merge key by key, arrays are united. */
export function mergeValues(own: unknown, included: unknown): unknown {
  if (own === undefined) return included;
  if (included === undefined) return own;
  if (Array.isArray(own)) return union(own, Array.isArray(included) ? included : [included]);
  if (isObject(own)) {
    if (!isObject(included)) throw new TemplateError('cannot merge object with non-object');
    const merged: JsonObject = { ...own };
    for (const [key, value] of Object.entries(included)) merged[key] = mergeValues(own[key], value);
    return merged;
  }
  return Array.isArray(included) ? union([own], included) : own;
}

function nameList(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((entry) =>
    typeof entry === 'string' ? entry.split(' ').filter((name) => name !== '') : [],
  );
}

/** Resolves `[@][group/]name` references (no group: `_`); `trail` guards against templates which include themselves. */
export class TemplateExpander {
  readonly #lookup: TemplateLookup;

  constructor(lookup: TemplateLookup) {
    this.#lookup = lookup;
  }

  #find(
    kind: TemplateKind,
    reference: string,
    trail: readonly string[],
  ): { payload: unknown; trail: string[] } {
    const bare = reference.replace(/^@/, '');
    const slash = bare.indexOf('/');
    const group = slash < 0 ? '_' : bare.slice(0, slash);
    const key = `${kind} ${bare}`;
    const payload = this.#lookup(kind, group, bare.slice(slash + 1));
    if (payload === undefined || trail.includes(key))
      throw new TemplateError(`unknown include name: '${bare}'`);
    return { payload: structuredClone(payload), trail: [...trail, key] };
  }

  /** A whole request or profile: merges the included profiles, then expands its three templated fields. */
  profile(raw: JsonObject): JsonObject {
    const merged = this.#mergeProfiles(raw, []);
    const result: JsonObject = { ...merged };
    if (merged['capabilities'] !== undefined)
      result['capabilities'] = this.capabilities(merged['capabilities']);
    if (merged['restrictions'] !== undefined)
      result['restrictions'] = this.restrictions(merged['restrictions']);
    if (merged['rotation'] !== undefined) result['rotation'] = this.rotation(merged['rotation']);
    return result;
  }

  #mergeProfiles(raw: JsonObject, trail: readonly string[]): JsonObject {
    const { include, ...own } = raw;
    let merged: unknown = own;
    for (const name of nameList(include)) {
      const found = this.#find('profiles', name, trail);
      const payload = isObject(found.payload) ? this.#mergeProfiles(found.payload, found.trail) : {};
      merged = mergeValues(merged, payload);
    }
    return merged as JsonObject;
  }

  /** A string is template names; inside an array only names with `@` are. Duplicates go. */
  capabilities(raw: unknown, trail: readonly string[] = []): string[] {
    const entries = typeof raw === 'string' ? nameList(raw).map((name) => `@${name.replace(/^@/, '')}`) : raw;
    if (!Array.isArray(entries)) return [];
    const expanded = entries.flatMap((entry: unknown) => {
      if (typeof entry !== 'string') return [];
      if (!entry.startsWith('@')) return [entry];
      const found = this.#find('capabilities', entry, trail);
      return this.capabilities(found.payload, found.trail);
    });
    return [...new Set(expanded)];
  }

  /** Always a list; empty clauses are dropped. */
  restrictions(raw: unknown, trail: readonly string[] = []): JsonObject[] {
    if (raw === null) return [];
    const entries: unknown[] = typeof raw === 'string' ? nameList(raw) : Array.isArray(raw) ? raw : [raw];
    const expanded = entries.flatMap((entry) => {
      if (typeof entry === 'string') {
        return nameList(entry).flatMap((name) => {
          const found = this.#find('restrictions', name, trail);
          return this.restrictions(found.payload, found.trail);
        });
      }
      return isObject(entry) ? [this.#clause(entry, trail)] : [];
    });
    return expanded.filter((clause) => Object.keys(clause).length > 0);
  }

  #clause(raw: JsonObject, trail: readonly string[]): JsonObject {
    const { include, ...own } = raw;
    let merged: unknown = own;
    for (const name of nameList(include)) {
      const found = this.#find('restrictions', name, trail);
      const clauses = this.restrictions(found.payload, found.trail);
      if (clauses.length > 1) throw new TemplateError('cannot merge object with non-object');
      merged = mergeValues(merged, clauses[0] ?? {});
    }
    return merged as JsonObject;
  }

  rotation(raw: unknown, trail: readonly string[] = []): JsonObject {
    const start: JsonObject = typeof raw === 'string' ? { include: raw } : isObject(raw) ? raw : {};
    const { include, ...own } = start;
    let merged: unknown = own;
    for (const name of nameList(include)) {
      const found = this.#find('rotation', name, trail);
      merged = mergeValues(merged, this.rotation(found.payload, found.trail));
    }
    return merged as JsonObject;
  }

  /** A payload as GET shows it: expanded, keeping its outer shape. */
  shown(kind: TemplateKind, payload: unknown): unknown {
    if (kind === 'capabilities') return this.capabilities(payload);
    if (kind === 'rotation') return this.rotation(payload);
    if (kind === 'profiles') return isObject(payload) ? this.profile(payload) : payload;
    const clauses = this.restrictions(payload);
    return isObject(payload) ? (clauses[0] ?? {}) : clauses;
  }
}
