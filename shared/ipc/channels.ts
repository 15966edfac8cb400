/** Calls of the main window. Separate from the schemas so that preload scripts stay tiny. */
export const mainChannels = [
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
  'manage:inspect',
  'manage:history',
  'manage:tree',
  'manage:revoke',
  'manage:transfer-code',
  'manage:wider-wish',
  'manage:widen',
  'manage:stand-ins',
  'profiles:import-found',
  'handover:keep-bearer',
  'handover:stop-bearer',
  'handover:share-mytoken',
  'handover:stop-sharing',
  'handover:open-terminal',
  'terminal:copy',
  'terminal:write-environment',
  'terminal:remove-environment',
  'terminal:self-test',
  'clipboard:clear',
  'clients:create',
  'clients:revoke',
  'clients:rotate',
  'settings:update',
  'settings:add-ca-file',
  'storage:retry',
  'storage:use-session',
  'storage:reset',
  'grants:revoke',
  'lock:lock',
  'lock:unlock',
  'lock:pause',
  'lock:resume',
  'approval:show',
  'help:open',
  'window:ready',
] as const;

/** Calls of the approval window, which can do nothing else. */
export const approvalChannels = ['approval:get', 'approval:decide', 'approval:unlock'] as const;

/** Names of all calls a window can make. */
export const channels = [...mainChannels, ...approvalChannels] as const;

export type Channel = (typeof channels)[number];

/** Messages from the main process to a window. */
export const events = ['state:changed', 'navigate', 'approval:changed'] as const;
export type EventName = (typeof events)[number];
