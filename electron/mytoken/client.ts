import type { Core, CoreDeps } from './core.ts';
import type { MytokenClient } from './types.ts';

export type MytokenClientDeps = CoreDeps;

/** The client of mytoken servers; see {@link MytokenClient} for what it promises. Costs next to nothing until used. */
export function createMytokenClient(deps: MytokenClientDeps): MytokenClient {
  let loading: Promise<Core> | null = null;
  const core = (): Promise<Core> => {
    loading ??= import('./core.ts').then((module) => new module.Core(deps));
    return loading;
  };
  return {
    discover: async (url, options) => (await core()).discovery.get(url, options),
    startLogin: async (url, request, options) => (await core()).logins.start(url, request, options),
    poll: async (url, code, options) => (await core()).logins.poll(url, code, options),
    abandonLogin: async (url, code) => (await core()).logins.abandon(url, code),
    redeemTransferCode: async (url, code, options) => (await core()).tokens.redeem(url, code, options),
    accessToken: async (token, request, options) =>
      (await core()).tokens.accessToken(token, request, options),
    createSubMytoken: async (token, request, options) =>
      (await core()).tokens.createSub(token, request, options),
    createTransferCode: async (token, options) => (await core()).tokens.createTransferCode(token, options),
    introspect: async (token, options) => (await core()).tokeninfo.introspect(token, options),
    eventHistory: async (token, momIds, options) => (await core()).tokeninfo.history(token, momIds, options),
    subtokens: async (token, options) => (await core()).tokeninfo.subtokens(token, options),
    listMytokens: async (token, options) => (await core()).tokeninfo.list(token, options),
    revoke: async (token, request, options) => (await core()).tokens.revoke(token, request, options),
    templateGroups: async (url, options) => (await core()).templates.groups(url, options),
    templates: async (url, kind, group, options) =>
      (await core()).templates.entries(url, kind, group, options),
    userSettings: {
      grants: async (token, options) => (await core()).settings.grants(token, options),
      setSshGrant: async (token, enabled, options) =>
        (await core()).settings.setSshGrant(token, enabled, options),
      sshKeys: async (token, options) => (await core()).settings.sshKeys(token, options),
      addSshKey: async (token, key, options) => (await core()).settings.addSshKey(token, key, options),
      pollSshKey: async (url, code, options) => (await core()).settings.pollSshKey(url, code, options),
      removeSshKey: async (token, fingerprint, options) =>
        (await core()).settings.removeSshKey(token, fingerprint, options),
      email: async (token, options) => (await core()).settings.email(token, options),
      setEmail: async (token, change, options) => (await core()).settings.setEmail(token, change, options),
    },
    notifications: {
      list: async (token, options) => (await core()).notifications.list(token, options),
      own: async (token, options) => (await core()).notifications.own(token, options),
      create: async (token, wish, options) => (await core()).notifications.create(token, wish, options),
      read: async (url, code, options) => (await core()).notifications.read(url, code, options),
      setClasses: async (url, code, classes, options) =>
        (await core()).notifications.setClasses(url, code, classes, options),
      addToken: async (url, code, token, options) =>
        (await core()).notifications.addToken(url, code, token, options),
      removeToken: async (url, code, momId, options) =>
        (await core()).notifications.removeToken(url, code, momId, options),
      remove: async (url, code, options) => (await core()).notifications.remove(url, code, options),
      invite: async (token, invitation, options) =>
        (await core()).notifications.invite(token, invitation, options),
    },
    calendars: {
      list: async (token, options) => (await core()).calendars.list(token, options),
      byId: async (url, options) => (await core()).calendars.byId(url, options),
      create: async (token, title, options) => (await core()).calendars.create(token, title, options),
      rename: async (token, calendar, title, options) =>
        (await core()).calendars.rename(token, calendar, title, options),
      remove: async (token, calendar, options) => (await core()).calendars.remove(token, calendar, options),
      addToken: async (token, calendar, entry, options) =>
        (await core()).calendars.addToken(token, calendar, entry, options),
      removeToken: async (token, calendar, momId, options) =>
        (await core()).calendars.removeToken(token, calendar, momId, options),
    },
    decode: async (jwt) => (await core()).decode(jwt),
    verify: async (jwt, options) => (await core()).verify(jwt, options),
  };
}
