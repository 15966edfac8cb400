/** Sign-in and consent pages of the providers: plain forms, no script. */
import { escapeHtml, page } from '../server/pages.ts';

export function loginPage(providerName: string, action: string, problem = ''): string {
  const alert = problem === '' ? '' : `<p role="alert" id="problem">${escapeHtml(problem)}</p>`;
  return page(
    `Sign in – ${providerName}`,
    `<h1>Sign in at ${escapeHtml(providerName)}</h1>${alert}
<form method="post" action="${escapeHtml(action)}/login">
<label for="username">User name</label>
<input type="text" id="username" name="username" autocomplete="username" autofocus>
<label for="password">Password</label>
<input type="password" id="password" name="password" autocomplete="current-password">
<p><button type="submit">Sign in</button>
<button type="submit" formaction="${escapeHtml(action)}/cancel">Cancel</button></p></form>`,
  );
}

export function allowPage(
  providerName: string,
  action: string,
  facts: { user: string; client: string; scopes: readonly string[] },
): string {
  const scopes = facts.scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('');
  return page(
    `Allow access – ${providerName}`,
    `<h1>Allow access?</h1>
<p>Signed in as <strong id="user">${escapeHtml(facts.user)}</strong>.
<strong id="client">${escapeHtml(facts.client)}</strong> asks for:</p><ul id="scopes">${scopes}</ul>
<form method="post" action="${escapeHtml(action)}/allow">
<p><button type="submit">Allow</button>
<button type="submit" formaction="${escapeHtml(action)}/cancel">Cancel</button>
<button type="submit" formaction="${escapeHtml(action)}/switch">Use another account</button></p></form>`,
  );
}
