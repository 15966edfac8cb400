export { type AppPages, appPages } from './app-protocol.ts';
export { appScheme } from './app-scheme.ts';
export { beforeReady, type BeforeReadyDeps } from './before-ready.ts';
export { hardenContents } from './harden.ts';
export { createExternalOpener, type ExternalOpener, type ExternalRules } from './open-external.ts';
