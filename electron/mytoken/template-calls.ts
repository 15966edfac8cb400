import { readAs } from './answers.ts';
import { templateGroupsSchema, templatesSchema } from './schemas.ts';
import type { CallSpec, ServerCalls } from './server-calls.ts';
import type { CallOptions, TemplateEntry, TemplateKind } from './types.ts';

/** The group whose templates need no prefix (mytoken protocol, "Profiles and templates"). */
const defaultGroup = '_';

/**
 * Templates an operator offers. Payloads arrive expanded, with relative times turned into absolute ones: fit for
 * showing, not for keeping. To use a template send its name.
 */
export class TemplateCalls {
  readonly #calls: ServerCalls;

  constructor(calls: ServerCalls) {
    this.#calls = calls;
  }

  groups(instanceUrl: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#calls.plain(
      instanceUrl,
      profiles((base) => base),
      (answer) => readAs(templateGroupsSchema, answer),
      options,
    );
  }

  entries(
    instanceUrl: string,
    kind: TemplateKind,
    group: string,
    options?: CallOptions,
  ): Promise<readonly TemplateEntry[]> {
    const path = group === defaultGroup ? kind : `${encodeURIComponent(group)}/${kind}`;
    return this.#calls.plain(
      instanceUrl,
      profiles((base) => `${base}/${path}`),
      (answer) =>
        readAs(templatesSchema, answer).map(({ id, name, payload }) => ({ id, group, name, payload })),
      options,
    );
  }
}

function profiles(url: (base: string) => string): CallSpec {
  return {
    kind: 'public',
    feature: 'templates',
    endpoint: ({ endpoints }) =>
      endpoints.profiles === null ? null : url(endpoints.profiles.replace(/\/+$/, '')),
  };
}
