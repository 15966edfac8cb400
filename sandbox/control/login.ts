/** What the user does in the browser, done without one: real HTTP, a small cookie jar, the real forms. */
import type { CompleteLoginOptions, LoginResult, SandboxUser } from '../types.ts';

const MAX_HOPS = 20;

interface Page {
  url: URL;
  status: number;
  html: string;
}

/** Cookies by origin: unlike a browser this jar keeps the ports of 127.0.0.1 apart. */
class HeadlessBrowser {
  readonly #jars = new Map<string, Map<string, string>>();

  #jar(url: URL): Map<string, string> {
    const jar = this.#jars.get(url.origin) ?? new Map<string, string>();
    this.#jars.set(url.origin, jar);
    return jar;
  }

  async #once(url: URL, init: RequestInit): Promise<Response> {
    const cookie = [...this.#jar(url)].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(init.headers);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const value = pair.slice(at + 1);
      if (value === '') this.#jar(url).delete(pair.slice(0, at));
      else this.#jar(url).set(pair.slice(0, at), value);
    }
    return response;
  }

  /** Follows redirects with GET. */
  async open(start: URL, init: RequestInit = {}): Promise<Page> {
    let url = start;
    let response = await this.#once(url, init);
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) break;
      await response.arrayBuffer();
      url = new URL(location, url);
      response = await this.#once(url, {});
    }
    return { url, status: response.status, html: await response.text() };
  }

  submit(page: Page, action: string, fields: Record<string, string>): Promise<Page> {
    return this.open(new URL(action, page.url), { method: 'POST', body: new URLSearchParams(fields) });
  }
}

function formAction(page: Page, step: 'login' | 'allow'): string | undefined {
  return new RegExp(`action="([^"]*/${step})"`).exec(page.html)?.[1];
}

function visibleText(html: string): string {
  return html
    .replaceAll(/<(style|script|title)[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function resultOf(page: Page): LoginResult {
  return { finalUrl: page.url.href, status: page.status, text: visibleText(page.html) };
}

async function answerConsent(page: Page, options: CompleteLoginOptions): Promise<URL> {
  const source = /<script type="application\/json" id="consent-request">([\s\S]*?)<\/script>/.exec(
    page.html,
  )?.[1];
  if (source === undefined) throw new Error(`no consent page: ${page.status} ${visibleText(page.html)}`);
  const requested = JSON.parse(source) as Record<string, unknown>;
  const { name, capabilities, restrictions, rotation } = options;
  const edits = Object.entries({ name, capabilities, restrictions, rotation });
  for (const [key, value] of edits) if (value !== undefined) requested[key] = value;
  const answer = await fetch(page.url, {
    method: 'POST',
    ...(options.approve === false
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(requested) }),
  });
  const body = (await answer.json()) as { authorization_uri?: string; url?: string };
  const target = body.authorization_uri ?? body.url;
  if (target === undefined) throw new Error(`consent was refused: ${answer.status} ${JSON.stringify(body)}`);
  return new URL(target, page.url);
}

/** @throws Error when a page is not what it should be; an error page at the end is a result */
export async function completeLogin(
  consentUri: string,
  options: CompleteLoginOptions,
  users: readonly SandboxUser[],
): Promise<LoginResult> {
  const browser = new HeadlessBrowser();
  const consent = await browser.open(new URL(consentUri));
  let page = await browser.open(await answerConsent(consent, options));
  const login = formAction(page, 'login');
  if (login !== undefined) {
    if (options.allowAtProvider === false)
      return resultOf(await browser.submit(page, login.replace(/login$/, 'cancel'), {}));
    const password = options.password ?? users.find((user) => user.login === options.user)?.password ?? '';
    page = await browser.submit(page, login, { username: options.user, password });
  }
  const allow = formAction(page, 'allow');
  if (allow !== undefined) page = await browser.submit(page, allow, {});
  return resultOf(page);
}
