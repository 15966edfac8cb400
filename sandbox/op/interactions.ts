/** What the user does at a provider: sign in, allow, cancel, change the account. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InteractionResults, Provider } from 'oidc-provider';
import type { SandboxUser } from '../types.ts';
import { html } from '../http/exchange.ts';
import { messagePage } from '../server/pages.ts';
import { allowPage, loginPage } from './pages.ts';

export const INTERACTION_PATH = '/interaction/';
const MAX_FORM_BYTES = 16_384;

export interface InteractionParts {
  provider: Provider;
  name: string;
  users: readonly SandboxUser[];
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let form = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    form += chunk.toString('utf8');
    if (form.length > MAX_FORM_BYTES) throw new Error('form too large');
  }
  return new URLSearchParams(form);
}

function send(response: ServerResponse, status: number, body: string): void {
  const reply = html(status, body);
  response.writeHead(reply.status, reply.headers).end(reply.body);
}

export class Interactions {
  readonly #parts: InteractionParts;

  constructor(parts: InteractionParts) {
    this.#parts = parts;
  }

  /** Never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    try {
      await this.#serve(request, response, path);
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'unknown';
      if (!response.headersSent) send(response, 400, messagePage('This sign-in has expired', detail));
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { provider, name, users } = this.#parts;
    const [uid = '', step = ''] = path.slice(INTERACTION_PATH.length).split('/');
    const details = await provider.interactionDetails(request, response);
    if (details.uid !== uid) throw new Error('unknown interaction');
    const action = `${INTERACTION_PATH}${uid}`;
    const form = request.method === 'POST' ? await readForm(request) : new URLSearchParams();
    const finish = (result: InteractionResults): Promise<void> =>
      provider.interactionFinished(request, response, result);
    const accountId = details.session?.accountId ?? '';
    switch (request.method === 'POST' ? step : '') {
      case 'login': {
        const user = users.find((entry) => entry.login === form.get('username'));
        if (!user || user.password !== form.get('password')) {
          send(response, 401, loginPage(name, action, 'Wrong user name or password.'));
          return;
        }
        return finish({ login: { accountId: user.sub } });
      }
      case 'cancel':
        return finish({ error: 'access_denied', error_description: 'End-User aborted interaction' });
      case 'allow':
        return finish({ consent: { grantId: await this.#grant(details.params, accountId) } });
      case 'switch':
        return this.#switchAccount(response, details);
    }
    if (details.prompt.name === 'login') {
      send(response, 200, loginPage(name, action));
      return;
    }
    const user = users.find((entry) => entry.sub === accountId)?.name ?? accountId;
    const client = String(details.params['client_id']);
    const scopes = String(details.params['scope']).split(' ');
    send(response, 200, allowPage(name, action, { user, client, scopes }));
  }

  async #grant(params: Record<string, unknown>, accountId: string): Promise<string> {
    const grant = new this.#parts.provider.Grant({ accountId, clientId: String(params['client_id']) });
    grant.addOIDCScope(String(params['scope']));
    return grant.save();
  }

  /** Ends the session here and begins the same authorization request again. */
  async #switchAccount(
    response: ServerResponse,
    details: Awaited<ReturnType<Provider['interactionDetails']>>,
  ): Promise<void> {
    const session = await this.#parts.provider.Session.findByUid(details.session?.uid ?? '');
    await session?.destroy();
    await details.destroy();
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(details.params))
      for (const entry of Array.isArray(value) ? (value as unknown[]) : [value])
        query.append(key, String(entry));
    response.writeHead(303, { location: `/auth?${query.toString()}` }).end();
  }
}
