/** HTML of the mytoken server. */
import { has } from '../rules/capabilities.ts';
import type { StoredFlow } from '../tokens/model.ts';
import type { Clause, Rotation } from '../types.ts';

export function escapeHtml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733; }
  h1 { font-size: 1.4rem; } fieldset { border: 1px solid #b8c4d0; border-radius: 6px; margin: 1rem 0; }
  label { display: block; margin: .15rem 0; } input[type=text], input[type=password], textarea { width: 100%; box-sizing: border-box; font: inherit; padding: .4rem; }
  textarea { font-family: monospace; font-size: .9rem; } button { font: inherit; padding: .5rem 1.4rem; margin-right: .6rem; cursor: pointer; }
  dt { font-weight: 600; } dd { margin: 0 0 .4rem; overflow-wrap: anywhere; } [role=alert] { color: #a11; font-weight: 600; }`;

export function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><main>${content}</main></body></html>`;
}

export function messagePage(title: string, message: string): string {
  return page(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p>`);
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', ' UTC').replace('T', ' ');
}

function clauseText(clause: Clause): string {
  const parts = Object.entries(clause).map(([key, value]: [string, unknown]) => {
    if ((key === 'exp' || key === 'nbf') && typeof value === 'number') return `${key} ${instant(value)}`;
    return `${key} ${Array.isArray(value) ? value.join(', ') : String(value)}`;
  });
  return parts.join('; ');
}

function restrictionList(restrictions: readonly Clause[]): string {
  if (restrictions.length === 0) return '<p id="unrestricted">This token would not be restricted.</p>';
  return `<ol>${restrictions.map((clause) => `<li>${escapeHtml(clauseText(clause))}</li>`).join('')}</ol>`;
}

function rotationText(rotation: Rotation | undefined): string {
  const entries = Object.entries(rotation ?? {}).map(
    ([key, value]: [string, unknown]) => `${key}: ${String(value)}`,
  );
  return entries.length === 0 ? 'none' : entries.join(', ');
}

function capabilityBoxes(requested: readonly string[], known: readonly string[]): string {
  const offered = [...new Set([...requested, ...known])];
  const boxes = offered.map((capability) => {
    const checked = requested.includes(capability) ? ' checked' : '';
    const implied = checked === '' && has(requested, capability) ? ' (included)' : '';
    const value = escapeHtml(capability);
    return `<label><input type="checkbox" name="capability" value="${value}"${checked}> ${value}${implied}</label>`;
  });
  return boxes.join('');
}

/** What the page needs to know of a request; also what a headless login reads from it. */
export interface ConsentData {
  oidc_issuer: string;
  name: string;
  capabilities: string[];
  restrictions: Clause[];
  rotation?: Rotation;
}

export function consentData(flow: StoredFlow): ConsentData {
  return {
    oidc_issuer: flow.issuer,
    name: flow.name,
    capabilities: flow.capabilities,
    restrictions: flow.restrictions,
    ...(flow.rotation ? { rotation: flow.rotation } : {}),
  };
}

const SCRIPT = `
const request = JSON.parse(document.getElementById('consent-request').textContent);
const problem = document.getElementById('problem');
async function send(body) {
  problem.textContent = '';
  try {
    const answer = await fetch(location.pathname, { method: 'POST',
      headers: body === '' ? {} : { 'Content-Type': 'application/json' }, body: body === '' ? undefined : body });
    const result = await answer.json();
    const target = result.authorization_uri || result.url;
    if (target) location.assign(target);
    else problem.textContent = result.error_description || result.error || 'The server refused.';
  } catch (error) { problem.textContent = String(error); }
}
document.getElementById('decline').addEventListener('click', () => send(''));
document.getElementById('consent').addEventListener('submit', (event) => {
  event.preventDefault();
  try { request.restrictions = JSON.parse(document.getElementById('restrictions').value); }
  catch { problem.textContent = 'The restrictions are not valid JSON.'; return; }
  request.name = document.getElementById('name').value;
  request.capabilities = [...document.querySelectorAll('input[name=capability]:checked')].map((box) => box.value);
  send(JSON.stringify(request));
});`;

/**
 * @param preview nothing can be approved: the page only shows what would be made
 * @param known capabilities the server offers
 */
export function consentPage(
  data: ConsentData,
  providerName: string,
  applicationName: string,
  nonce: string,
  preview: boolean,
  known: readonly string[],
): string {
  // `<` must not end the script element early.
  const embedded = JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
  const buttons = preview
    ? ''
    : `<button type="submit" id="approve">Approve</button><button type="button" id="decline">Decline</button>
       <script type="application/json" id="consent-request">${embedded}</script>
       <script nonce="${nonce}">${SCRIPT}</script>`;
  return page(
    'Create a mytoken',
    `<h1>Create a mytoken?</h1>
<dl><dt>Application</dt><dd id="application">${escapeHtml(applicationName === '' ? 'not named' : applicationName)}</dd>
<dt>Identity provider</dt><dd id="issuer">${escapeHtml(providerName)} (${escapeHtml(data.oidc_issuer)})</dd>
<dt>Rotation</dt><dd id="rotation">${escapeHtml(rotationText(data.rotation))}</dd></dl>
<form id="consent"><label for="name">Token name</label>
<input type="text" id="name" maxlength="89" value="${escapeHtml(data.name)}">
<fieldset><legend>Capabilities</legend>${capabilityBoxes(data.capabilities, known)}</fieldset>
<fieldset><legend>Restrictions</legend>${restrictionList(data.restrictions)}
<label for="restrictions">Restrictions as JSON</label>
<textarea id="restrictions" rows="4">${escapeHtml(JSON.stringify(data.restrictions))}</textarea></fieldset>
<p role="alert" id="problem"></p>${buttons}</form>`,
  );
}
