/** Names of all calls a window can make. Separate from the schemas so that preload scripts stay tiny. */
export const channels = [
  'state:get',
  'instances:check',
  'instances:templates',
  'login:start',
  'login:cancel',
  'login:open-again',
  'login:copy-link',
  'login:dismiss',
  'accounts:import',
  'accounts:import-candidates',
  'accounts:edit',
  'accounts:reorder',
  'accounts:set-default',
  'accounts:remove',
  'accounts:check',
  'tokens:copy',
  'tokens:reveal',
  'compose:issue',
  'compose:reveal',
  'compose:copy',
  'compose:save',
  'compose:revoke',
  'compose:dismiss',
  'profiles:list',
  'profiles:save',
  'profiles:remove',
  'profiles:import',
  'clipboard:clear',
  'clients:create',
  'clients:revoke',
  'clients:rotate',
  'settings:update',
  'settings:add-ca-file',
  'storage:retry',
  'storage:use-session',
  'storage:reset',
  'help:open',
  'window:ready',
] as const;

export type Channel = (typeof channels)[number];

/** Messages from the main process to a window. */
export const events = ['state:changed', 'navigate'] as const;
export type EventName = (typeof events)[number];
