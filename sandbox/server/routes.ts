/** The paths of the mytoken server (protocol 2.1). Features which are off have no route: 404. */
import { html, json, type Exchange, type Reply } from '../http/exchange.ts';
import { Router } from '../http/router.ts';
import { addNotifications } from '../notify/routes.ts';
import { changeEmail, showEmail } from '../settings/email.ts';
import { listGrants, toggleGrant } from '../settings/grants.ts';
import { addSshKey, deleteSshKey, listSshKeys } from '../settings/ssh.ts';
import { runAction } from '../users/actions.ts';
import { createTag, deleteTag, listTags, tagToken, updateTag } from '../tags/endpoints.ts';
import { tokenAccess } from './access.ts';
import { listCapabilities } from './capability-list.ts';
import { answerConsent, previewSubToken, showConsent } from './consent.ts';
import { redirectFromProvider } from './consent-flow.ts';
import { hasMail, hasTags, isAtLeast, type ServerContext } from './context.ts';
import { discoveryDocument, settingsMetadata } from './discovery.ts';
import { GUEST_PATH, GuestConnection } from './guests.ts';
import { messagePage } from './pages.ts';
import { listGroups, listTemplates, writeTemplate } from './profiles.ts';
import { revoke } from './revoke.ts';
import { tokenMy } from './token-my.ts';
import { tokeninfo } from './tokeninfo.ts';
import { createTransferCode } from './transfer.ts';

type ServerHandler = (context: ServerContext, exchange: Exchange) => Promise<Reply> | Reply;

function addPages(router: Router): void {
  const pageFor = (path: string, title: string, message: string): void => {
    router.add('GET', path, () => html(200, messagePage(title, message)));
  };
  pageFor(
    '/native',
    'Done',
    'The mytoken was created. You can close this window and return to the application.',
  );
  pageFor('/native/abort', 'Declined', 'No mytoken was created. You can close this window.');
  pageFor('/privacy', 'Privacy', 'This server only exists on this machine and forgets everything.');
  pageFor('/', 'mytoken sandbox', 'This is a mytoken server for tests.');
  pageFor('/settings', 'Settings', 'Settings are changed through the API here.');
  pageFor('/home', 'mytoken sandbox', 'You are signed in.');
}

export type AddRoute = (method: string, path: string, handler: ServerHandler) => void;
export type Conditional = (isOn: (context: ServerContext) => boolean) => AddRoute;

function addSettings(on: AddRoute, when: Conditional): void {
  const base = '/api/v0/settings';
  on('GET', `${base}/grants`, listGrants);
  for (const method of ['POST', 'DELETE']) on(method, `${base}/grants`, toggleGrant);
  const ssh = when((context) => context.settings.features.sshGrant);
  ssh('GET', `${base}/grants/ssh`, listSshKeys);
  ssh('POST', `${base}/grants/ssh`, addSshKey);
  ssh('DELETE', `${base}/grants/ssh`, deleteSshKey);
  const email = when(hasMail);
  email('GET', `${base}/email`, showEmail);
  email('PUT', `${base}/email`, changeEmail);
  on('GET', '/actions', runAction);
}

function addTags(on: AddRoute): void {
  const base = '/api/v0/settings/tags';
  on('GET', base, listTags);
  on('POST', base, createTag);
  on('PUT', `${base}/:tag`, updateTag);
  on('DELETE', `${base}/:tag`, deleteTag);
  for (const method of ['POST', 'DELETE']) on(method, '/api/v0/token/my/tags', tagToken);
}

function addTemplates(on: AddRoute): void {
  on('GET', '/api/v0/pt', listGroups);
  // Without a group the kind comes first; a group called like a kind cannot be reached, as on the real server.
  for (const kind of ['profiles', 'capabilities', 'restrictions', 'rotation']) {
    const bound = (exchange: Exchange): Exchange => ({ ...exchange, params: { ...exchange.params, kind } });
    for (const base of ['/api/v0/pt', '/api/v0/pt/:group']) {
      on('GET', `${base}/${kind}`, (context, exchange) => listTemplates(context, bound(exchange)));
      on('POST', `${base}/${kind}`, (context, exchange) => writeTemplate(context, bound(exchange)));
      for (const method of ['PUT', 'DELETE'])
        on(method, `${base}/${kind}/:id`, (context, exchange) => writeTemplate(context, bound(exchange)));
    }
  }
}

export function mytokenRoutes(context: ServerContext): Router {
  const router = new Router();
  const { features } = context.settings;
  const on: AddRoute = (method, path, handler) => {
    router.add(method, path, (exchange) => handler(context, exchange));
  };
  const when: Conditional = (isOn) => (method, path, handler) => {
    router.add(
      method,
      path,
      (exchange) => handler(context, exchange),
      () => isOn(context),
    );
  };
  on('GET', '/.well-known/mytoken-configuration', discoveryDocument);
  on('GET', '/.well-known/openid-configuration', discoveryDocument);
  on('GET', '/jwks', async () => json(200, await context.signer.jwks()));
  on('POST', '/api/v0/token/my', tokenMy);
  on('POST', '/api/v0/token/access', tokenAccess);
  when(() => features.revocation)('POST', '/api/v0/token/revoke', revoke);
  when(() => features.transferCodes)('POST', '/api/v0/token/transfer', createTransferCode);
  when(() => features.tokeninfo)('POST', '/api/v0/tokeninfo', tokeninfo);
  on('GET', '/api/v0/settings', settingsMetadata);
  addSettings(on, when);
  addNotifications(when);
  addTags(when(hasTags));
  when((current) => isAtLeast(current, 0, 11))('GET', '/api/v0/capabilities', listCapabilities);
  addTemplates(when(() => features.profiles));
  on('GET', '/c/:code', showConsent);
  on('POST', '/c/:code', answerConsent);
  on('POST', '/c', previewSubToken);
  on('GET', '/redirect', redirectFromProvider);
  for (const { connection } of context.providers)
    if (connection instanceof GuestConnection)
      router.add('GET', `${GUEST_PATH}/auth`, (exchange) => connection.authorize(exchange));
  addPages(router);
  return router;
}
