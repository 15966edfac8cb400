/** The templates a server is shipped with, group `_` (protocol 19.4). */
import type { TemplateKind } from './templates.ts';

export const STANDARD_TEMPLATES: Record<TemplateKind, Record<string, unknown>> = {
  profiles: {
    agent: { capabilities: '@all' },
    'web-default': { restrictions: 'web-default', capabilities: '@default' },
  },
  capabilities: {
    all: ['AT', 'tokeninfo', 'manage_mytokens', 'create_mytoken', 'settings'],
    default: ['AT', 'tokeninfo'],
    'default+MT': ['@default', 'create_mytoken'],
  },
  restrictions: {
    '12h': { exp: '+12h' },
    '1d': { exp: '+1d' },
    '1w': { exp: '+1w' },
    '1m': { exp: '+30d' },
    '1y': { exp: '+1y' },
    'ip-this': { hosts: ['this'] },
    'web-default': { include: ['12h', 'ip-this'], usages_AT: 15 },
  },
  rotation: {
    at: { on_AT: true },
    other: { on_other: true },
    daily: { lifetime: 86_400 },
    weekly: { lifetime: 604_800 },
    monthly: { lifetime: 2_592_000 },
    'auto-revoke': { auto_revoke: true },
    'at-other-auto-revoke': { include: ['at', 'other', 'auto-revoke'] },
    'at-other-no-auto-revoke': { include: ['at', 'other'], auto_revoke: false },
    'at-other-daily-auto-revoke': { include: ['at', 'other', 'daily', 'auto-revoke'] },
    'at-other-weekly-auto-revoke': { include: ['at', 'other', 'weekly', 'auto-revoke'] },
  },
};
