/** Puts the sandbox together and takes it apart again. */
import { completeLogin } from './control/login.ts';
import { setEmail } from './control/email.ts';
import { issueMytoken, pickProvider } from './control/issue.ts';
import { plantTree } from './control/plant.ts';
import { addControlRoutes } from './control/routes.ts';
import { tryAsSsh } from './control/ssh.ts';
import { Dispatcher } from './http/dispatch.ts';
import { FaultEngine } from './http/faults.ts';
import { Limiter } from './http/limiter.ts';
import { Listener } from './http/listener.ts';
import { CLIENT_ID, OpenIdProvider } from './op/openid-provider.ts';
import { federationProviders, SCOPES, USERS } from './op/users.ts';
import {
  DEFAULT_QUIRKS,
  serverSettings,
  type ConfiguredProvider,
  type ServerContext,
} from './server/context.ts';
import { GUEST_PATH, GuestConnection } from './server/guests.ts';
import { sendReminders } from './notify/letters.ts';
import { OpenIdConnection } from './server/op-connection.ts';
import { seedTemplates } from './server/profiles.ts';
import { mytokenRoutes } from './server/routes.ts';
import { Clock } from './state/clock.ts';
import { KeyedMutex } from './state/mutex.ts';
import { Store } from './state/store.ts';
import { Signer } from './tokens/signer.ts';
import type { Sandbox, SandboxControl, SandboxOptions, SandboxUser } from './types.ts';

const PROVIDER_NAMES = ['Sandbox One', 'Sandbox Two'];

function providerName(index: number): string {
  return PROVIDER_NAMES[index] ?? `Sandbox ${index + 1}`;
}

async function startProviders(
  options: SandboxOptions,
  store: Store,
  redirectUri: string,
  listeners: Listener[],
): Promise<OpenIdProvider[]> {
  const providers: OpenIdProvider[] = [];
  for (let index = 0; index < (options.providerCount ?? 2); index += 1) {
    const listener = new Listener();
    listeners.push(listener);
    const port = await listener.start(options.ports?.providers?.[index] ?? 0);
    const provider = new OpenIdProvider(
      {
        issuer: `http://127.0.0.1:${port}`,
        name: providerName(index),
        key: `op${index + 1}`,
        redirectUri,
        accessTokenSeconds: options.accessTokenSeconds ?? 3600,
        rotateRefreshTokens: options.rotateRefreshTokens ?? true,
        defaultAudience: options.defaultAudience,
        users: USERS,
      },
      store,
    );
    provider.serveOn(listener);
    providers.push(provider);
  }
  return providers;
}

function configuredProviders(
  options: SandboxOptions,
  mytokenUrl: string,
  redirectUri: string,
  providers: readonly OpenIdProvider[],
): ConfiguredProvider[] {
  const real = providers.map((provider, index) => ({
    issuer: provider.issuer,
    name: provider.name,
    scopes: [...SCOPES],
    federated: false,
    settings: options.providerSettings?.[index] ?? {},
    connection: new OpenIdConnection(provider.issuer, CLIENT_ID, provider.clientSecret, redirectUri),
  }));
  const federated = federationProviders(options.extraProviders ?? 0).map((provider) => ({
    ...provider,
    federated: true,
    settings: {},
    connection: new OpenIdConnection(provider.issuer, CLIENT_ID, 'unused', redirectUri),
  }));
  const guestIssuer = `${mytokenUrl}${GUEST_PATH}`;
  const guest: ConfiguredProvider = {
    issuer: guestIssuer,
    name: 'Guest Mode',
    scopes: ['openid'],
    federated: false,
    settings: {},
    connection: new GuestConnection(guestIssuer),
  };
  return [...real, ...(options.guestMode ? [guest] : []), ...federated];
}

interface ControlParts {
  context: ServerContext;
  providers: readonly OpenIdProvider[];
  users: readonly SandboxUser[];
  faults: FaultEngine;
  dispatcher: () => Dispatcher;
}

function makeControl({ context, providers, users, faults, dispatcher }: ControlParts): SandboxControl {
  const { store, clock } = context;
  const tokenOf = (momId: string): (typeof store.state.tokens)[string] => {
    const token = store.state.tokens[momId];
    if (!token) throw new Error('no such mytoken');
    return token;
  };
  return {
    injectFault: (spec) => faults.inject(spec),
    clearFaults: () => faults.clear(),
    advanceClock: (seconds) => {
      const nowMs = clock.advance(seconds);
      sendReminders(context);
      return nowMs;
    },
    nowMs: () => clock.nowMs(),
    setOp: (behaviour, provider) => {
      const targets = provider === undefined ? providers : [pickProvider(providers, provider)];
      for (const target of targets) target.setBehaviour(behaviour);
    },
    setQuirks: (quirks) => void Object.assign(context.quirks, quirks),
    requests: () => dispatcher().log(),
    clearRequests: () => dispatcher().clearLog(),
    completeLogin: (consentUri, login) => completeLogin(consentUri, login, users),
    issueMytoken: (issue = {}) => issueMytoken(context, providers, users, issue),
    plantTree: (options) => plantTree(context, options),
    mails: () => {
      sendReminders(context);
      return structuredClone(store.state.mails);
    },
    clearMails: () => {
      store.state.mails = [];
      store.touch();
    },
    setEmail: (email) => setEmail(context, providers, users, email),
    tryAsSsh: (attempt) => tryAsSsh(context, attempt),
    setServer: ({ features, version }) => {
      Object.assign(context.settings.features, features);
      if (version !== undefined) context.settings.version = version;
    },
    tokens: () =>
      Object.values(store.state.tokens).map((token) => ({
        momId: token.momId,
        name: token.claims.name ?? '',
        seqNo: token.claims.seq_no,
        ...(token.parent === undefined ? {} : { parentMomId: token.parent }),
        user: users.find((user) => user.sub === token.claims.oidc_sub)?.login ?? token.claims.oidc_sub,
        issuer: token.claims.oidc_iss,
        capabilities: [...token.claims.capabilities],
        hasRefreshToken: token.refreshTokenId !== undefined,
      })),
    dropRefreshToken: (momId) => {
      delete tokenOf(momId).refreshTokenId;
      store.touch();
    },
    revokeAtProvider: async (momId) => {
      const token = tokenOf(momId);
      const stored = store.state.refreshTokens[token.refreshTokenId ?? ''];
      const provider = context.providers.find((entry) => entry.issuer === stored?.issuer);
      if (stored) await provider?.connection.revoke(stored.value);
    },
  };
}

/**
 * Starts everything on 127.0.0.1.
 * @throws Error when a fixed port is taken or the state file is not one
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const store = await Store.load(options.stateFile);
  const listener = new Listener();
  const listeners = [listener];
  const stop = async (): Promise<void> => {
    await Promise.all(listeners.map((entry) => entry.stop()));
    await store.save();
  };
  try {
    const port = await listener.start(options.ports?.mytoken ?? 0);
    const mytokenUrl = `http://127.0.0.1:${port}`;
    const redirectUri = `${mytokenUrl}/redirect`;
    const providers = await startProviders(options, store, redirectUri, listeners);
    const clock = new Clock();
    const context: ServerContext = {
      settings: serverSettings(mytokenUrl, options),
      quirks: { ...DEFAULT_QUIRKS, ...options.quirks },
      store,
      clock,
      signer: new Signer((store.state.signingKey ??= Signer.newKey()), mytokenUrl),
      providers: configuredProviders(options, mytokenUrl, redirectUri, providers),
      trees: new KeyedMutex(),
    };
    seedTemplates(context, options.withoutTemplates ?? false);
    const faults = new FaultEngine(options.seed ?? 1);
    const users = structuredClone([...USERS]);
    const control = makeControl({ context, providers, users, faults, dispatcher: () => dispatcher });
    const router = mytokenRoutes(context);
    const shown = providers.map(({ issuer, name }) => ({ issuer, name, scopes: [...SCOPES] }));
    if (options.control ?? true) addControlRoutes(router, { control, users, providers: shown });
    const dispatcher = new Dispatcher({
      router,
      faults,
      limiter: options.limiter ? new Limiter(options.limiter) : undefined,
      clientIpHeader: options.clientIpHeader,
      baseUrl: mytokenUrl,
      persist: () => store.save(),
    });
    listener.handle((request, response) => void dispatcher.serve(request, response));
    await store.save();
    return { mytokenUrl, providers: shown, users, control, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
