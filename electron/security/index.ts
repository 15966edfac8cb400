export { serveApp } from './app-protocol.ts';
export { appScheme, beforeReady, type BeforeReadyDeps } from './before-ready.ts';
export { hardenContents, hardenSession } from './harden.ts';
export { createExternalOpener, type ExternalOpener, type ExternalRules } from './open-external.ts';
