import type { AccountView } from '../../shared/model/account.ts';
import { type LockView, type PauseMinutes, pauseMinutes } from '../../shared/model/lock.ts';
import type { EndpointView, StorageView } from '../../shared/model/state.ts';
import type { Translate } from '../../shared/i18n/catalogue.ts';

export interface TrayModel {
  readonly accounts: readonly AccountView[];
  readonly endpoint: EndpointView['state'];
  readonly storage: StorageView['kind'];
  /** Requests of programs that wait for an answer. */
  readonly waiting: number;
  readonly lock: LockView;
}

export type TrayAction =
  | { readonly kind: 'copy'; readonly accountId: string }
  | { readonly kind: 'open-account'; readonly accountId: string }
  | { readonly kind: 'show' }
  | { readonly kind: 'review' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'lock' | 'unlock' | 'resume' }
  | { readonly kind: 'pause'; readonly minutes: PauseMinutes }
  | { readonly kind: 'quit' };

export type TrayItem =
  | { readonly type: 'separator' }
  | { readonly type: 'text'; readonly label: string }
  | {
      readonly type: 'action';
      readonly label: string;
      readonly enabled: boolean;
      readonly action: TrayAction;
    }
  | { readonly type: 'submenu'; readonly label: string; readonly items: readonly TrayItem[] };

const mostAccounts = 8;
const usable: ReadonlySet<string> = new Set(['ok', 'expiring', 'unreachable']);

/** First line: how things stand. Menus cannot carry icons everywhere, so state is always text. */
export function statusLine(model: TrayModel, t: Translate): string {
  if (model.lock.locked !== null) return t('tray.status.locked');
  const serving = servingLine(model, t);
  const status =
    model.waiting === 0 ? serving : t('tray.status.waiting', { status: serving, count: model.waiting });
  return model.lock.paused === null ? status : t('tray.status.paused', { status });
}

function servingLine(model: TrayModel, t: Translate): string {
  if (model.storage !== 'ok' && model.storage !== 'session') return t('tray.status.storage');
  const endpoint = t(model.endpoint === 'listening' ? 'tray.endpoint.on' : 'tray.endpoint.off');
  return t('tray.status.line', { accounts: model.accounts.length, endpoint });
}

/**
 * The tray menu as plain data. The default account's token is one click away on the top level; each account has a
 * submenu with the same primary action first. No secrets in labels.
 */
export function buildTrayMenu(model: TrayModel, t: Translate): readonly TrayItem[] {
  const items: TrayItem[] = [{ type: 'text', label: statusLine(model, t) }];
  if (model.waiting > 0) {
    const label = t('tray.review', { count: model.waiting });
    items.push({ type: 'action', label, enabled: true, action: { kind: 'review' } });
  }
  // A locked app gives out nothing, to the tray neither.
  const accounts = model.lock.locked === null ? model.accounts : [];
  const first = accounts.find((account) => account.isDefault) ?? accounts[0];
  if (first) {
    items.push(
      { type: 'separator' },
      copyItem(first, t('tray.copy-default', { account: labelOf(first) })),
      ...accounts.slice(0, mostAccounts).map((account) => accountItem(account, t)),
    );
    if (accounts.length > mostAccounts) {
      items.push({ type: 'action', label: t('tray.more'), enabled: true, action: { kind: 'show' } });
    }
  }
  items.push(
    { type: 'separator' },
    ...lockItems(model.lock, t),
    { type: 'separator' },
    { type: 'action', label: t('tray.show'), enabled: true, action: { kind: 'show' } },
    { type: 'action', label: t('tray.settings'), enabled: true, action: { kind: 'settings' } },
    { type: 'action', label: t('tray.quit'), enabled: true, action: { kind: 'quit' } },
  );
  return items;
}

function lockItems({ locked, paused }: LockView, t: Translate): readonly TrayItem[] {
  const action = (label: string, what: TrayAction): TrayItem => ({
    type: 'action',
    label,
    enabled: true,
    action: what,
  });
  const pauses = pauseMinutes.map((minutes) =>
    action(t(`lock.pause.${minutes ?? 'open'}`), { kind: 'pause', minutes }),
  );
  return [
    paused === null
      ? { type: 'submenu', label: t('lock.pause'), items: pauses }
      : action(t('tray.resume'), { kind: 'resume' }),
    locked === null ? action(t('tray.lock'), { kind: 'lock' }) : action(t('tray.unlock'), { kind: 'unlock' }),
  ];
}

function accountItem(account: AccountView, t: Translate): TrayItem {
  const needsAttention = usable.has(account.status) ? '' : ` — ${t(`tray.account.${attention(account)}`)}`;
  return {
    type: 'submenu',
    label: `${labelOf(account)}${needsAttention}`,
    items: [
      copyItem(account, t('tray.copy')),
      {
        type: 'action',
        label: t('tray.open'),
        enabled: true,
        action: { kind: 'open-account', accountId: account.id },
      },
    ],
  };
}

function copyItem(account: AccountView, label: string): TrayItem {
  return {
    type: 'action',
    label,
    enabled: usable.has(account.status),
    action: { kind: 'copy', accountId: account.id },
  };
}

function attention(account: AccountView): 'login' | 'check' | 'locked' {
  if (account.status === 'locked') return 'locked';
  return account.status === 'uncertain' ? 'check' : 'login';
}

/** Menus treat an ampersand (Windows, Linux) as a mark for the next letter; long names are cut. */
function labelOf(account: AccountView): string {
  const name = account.displayName.length > 40 ? `${account.displayName.slice(0, 39)}…` : account.displayName;
  return name.replaceAll('&', '&&');
}
