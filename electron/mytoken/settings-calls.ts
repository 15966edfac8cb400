import { z } from '../../shared/zod.ts';
import { plainText } from '../../shared/model/untrusted-text.ts';
import { type Clock, Secret } from '../ports/index.ts';
import { readAs } from './answers.ts';
import { requireSameOrigin } from './instance-url.ts';
import { isPending, pollingTimes } from './polling.ts';
import { notSupported } from './problems.ts';
import { loginAnswerSchema } from './schemas.ts';
import type { CallSpec, ServerCalls } from './server-calls.ts';
import type {
  EmailSettings,
  NewSshKey,
  SshKeyAnswer,
  SshKeys,
  SshKeyStarted,
  UserSettingsClient,
} from './settings-types.ts';
import type { Answer, CallOptions, HeldMytoken } from './types.ts';

const shown = (longest: number) => z.string().transform((text) => plainText(text, longest));
const seconds = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

const metadataSchema = z.object({
  grant_type_endpoint: z.string().max(2048).nullish(),
  email_endpoint: z.string().max(2048).nullish(),
});
const grantsSchema = z.object({
  // Only grants that were ever switched are listed; `null` for a user who never did.
  grant_types: z
    .array(z.object({ grant_type: z.string(), enabled: z.boolean() }))
    .max(100)
    .nullish(),
});
const sshKeysSchema = z.object({
  grant_enabled: z.boolean().nullish(),
  ssh_keys: z
    .array(
      z.object({
        name: shown(200).nullish(),
        ssh_key_fp: z.string().min(1).max(200),
        created: seconds,
        last_used: seconds.nullish(),
      }),
    )
    .max(1000)
    .nullish(),
});
const sshDoneSchema = z.object({
  ssh_user: z.string().min(1).max(200),
  ssh_host_config: z.string().max(4096).nullish(),
});
const emailSchema = z.object({
  email_address: shown(320).nullish(),
  email_verified: z.boolean().nullish(),
  prefer_html_mail: z.boolean().nullish(),
});

/** How long the places of the settings are believed, per server. */
const metadataLifeMs = 10 * 60_000;

interface Places {
  readonly grants: string | null;
  readonly email: string | null;
}

/** The user settings of a server; see {@link UserSettingsClient}. */
export class SettingsCalls implements UserSettingsClient {
  readonly #calls: ServerCalls;
  readonly #clock: Clock;
  readonly #places = new Map<string, { readonly places: Places; readonly untilMs: number }>();

  constructor(calls: ServerCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  async grants(token: HeldMytoken, options?: CallOptions): Promise<Answer<{ readonly ssh: boolean }>> {
    const spec = await this.#grants(token.instanceUrl, options);
    return this.#calls.withToken(
      token,
      { ...spec, tokenInHeader: true },
      (answer) => ({
        ssh: (readAs(grantsSchema, answer).grant_types ?? []).some(
          ({ grant_type: type, enabled }) => type === 'ssh' && enabled,
        ),
      }),
      options,
    );
  }

  async setSshGrant(token: HeldMytoken, enabled: boolean, options?: CallOptions): Promise<Answer<null>> {
    const spec = await this.#grants(token.instanceUrl, options);
    return this.#calls.withToken(
      token,
      { ...spec, method: enabled ? 'POST' : 'DELETE', body: { grant_type: 'ssh' } },
      () => null,
      options,
    );
  }

  async sshKeys(token: HeldMytoken, options?: CallOptions): Promise<Answer<SshKeys>> {
    const spec = await this.#ssh(token.instanceUrl, options);
    return this.#calls.withToken(
      token,
      { ...spec, tokenInHeader: true },
      (answer) => {
        const { grant_enabled: enabled, ssh_keys: keys } = readAs(sshKeysSchema, answer);
        return {
          enabled: enabled ?? false,
          keys: (keys ?? []).map((key) => ({
            name: key.name ?? '',
            fingerprint: key.ssh_key_fp,
            createdAtMs: key.created * 1000,
            lastUsedAtMs: key.last_used ? key.last_used * 1000 : null,
          })),
        };
      },
      options,
    );
  }

  async addSshKey(token: HeldMytoken, key: NewSshKey, options?: CallOptions): Promise<Answer<SshKeyStarted>> {
    const spec = await this.#ssh(token.instanceUrl, options);
    const body = {
      grant_type: 'mytoken',
      ssh_key: key.publicKey,
      name: key.name,
      capabilities: key.capabilities,
      ...(key.restrictions.length === 0 ? {} : { restrictions: key.restrictions }),
    };
    return this.#calls.withToken(
      token,
      { ...spec, body },
      (answer, info) => {
        const started = readAs(loginAnswerSchema, answer);
        if (started.polling_code === undefined) throw notSupported('ssh');
        return {
          consentUri: new Secret(requireSameOrigin(started.consent_uri, info.issuer, 'consent_uri')),
          pollingCode: new Secret(started.polling_code),
          ...pollingTimes(started, this.#clock.nowMs()),
        };
      },
      options,
    );
  }

  async pollSshKey(instanceUrl: string, pollingCode: Secret, options?: CallOptions): Promise<SshKeyAnswer> {
    const spec = await this.#ssh(instanceUrl, options);
    return this.#calls.plain<SshKeyAnswer>(
      instanceUrl,
      {
        ...spec,
        kind: 'login',
        body: { grant_type: 'polling_code', polling_code: pollingCode },
        alsoAccepts: isPending,
      },
      (answer) => {
        if (isPending(answer)) return { kind: 'pending' };
        const { ssh_user: userName, ssh_host_config: config } = readAs(sshDoneSchema, answer);
        return {
          kind: 'done',
          userName: new Secret(userName),
          hostConfig: config === null || config === undefined ? null : new Secret(config),
        };
      },
      options,
    );
  }

  async removeSshKey(token: HeldMytoken, fingerprint: string, options?: CallOptions): Promise<Answer<null>> {
    const spec = await this.#ssh(token.instanceUrl, options);
    return this.#calls.withToken(
      token,
      { ...spec, method: 'DELETE', body: { ssh_key_fp: fingerprint } },
      () => null,
      options,
    );
  }

  async email(token: HeldMytoken, options?: CallOptions): Promise<Answer<EmailSettings>> {
    const spec = await this.#email(token.instanceUrl, options);
    return this.#calls.withToken(
      token,
      { ...spec, tokenInHeader: true },
      (answer) => {
        const settings = readAs(emailSchema, answer);
        return {
          address: settings.email_address ?? '',
          verified: settings.email_verified ?? false,
          prefersHtml: settings.prefer_html_mail ?? false,
        };
      },
      options,
    );
  }

  async setEmail(
    token: HeldMytoken,
    change: { readonly address?: string | undefined; readonly prefersHtml?: boolean | undefined },
    options?: CallOptions,
  ): Promise<Answer<null>> {
    const spec = await this.#email(token.instanceUrl, options);
    const body = {
      ...(change.address === undefined ? {} : { email_address: change.address }),
      ...(change.prefersHtml === undefined ? {} : { prefer_html_mail: change.prefersHtml }),
    };
    return this.#calls.withToken(token, { ...spec, method: 'PUT', body }, () => null, options);
  }

  async #grants(instanceUrl: string, options?: CallOptions): Promise<CallSpec> {
    const { grants } = await this.#placesOf(instanceUrl, options);
    return { kind: 'mytoken', feature: 'grants', endpoint: () => grants };
  }

  async #ssh(instanceUrl: string, options?: CallOptions): Promise<CallSpec> {
    const { grants } = await this.#placesOf(instanceUrl, options);
    return { kind: 'mytoken', feature: 'ssh', endpoint: () => (grants === null ? null : `${grants}/ssh`) };
  }

  async #email(instanceUrl: string, options?: CallOptions): Promise<CallSpec> {
    const { email } = await this.#placesOf(instanceUrl, options);
    return { kind: 'mytoken', feature: 'email', endpoint: () => email };
  }

  /** Where the settings are is told by the settings endpoint itself; before 0.10 as a relative path. */
  async #placesOf(instanceUrl: string, options?: CallOptions): Promise<Places> {
    const known = this.#places.get(instanceUrl);
    if (known !== undefined && this.#clock.monotonicMs() < known.untilMs) return known.places;
    const places = await this.#calls.plain(
      instanceUrl,
      { kind: 'public', feature: 'settings', endpoint: (info) => info.endpoints.usersettings },
      (answer, info): Places => {
        const { grant_type_endpoint: grants, email_endpoint: email } = readAs(metadataSchema, answer);
        const base = `${info.endpoints.usersettings ?? info.issuer}/`;
        const absolute = (path: string | null | undefined, field: string): string | null =>
          path === null || path === undefined || path === ''
            ? null
            : requireSameOrigin(new URL(path, base).href, info.issuer, field);
        return {
          grants: absolute(grants, 'grant_type_endpoint'),
          email: absolute(email, 'email_endpoint'),
        };
      },
      options,
    );
    this.#places.set(instanceUrl, { places, untilMs: this.#clock.monotonicMs() + metadataLifeMs });
    return places;
  }
}
