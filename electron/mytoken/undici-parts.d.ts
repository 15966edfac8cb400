/**
 * The one class of undici that is always needed, by its file: the main module loads fetch, WebSocket, caches and mocks
 * along, which takes five times as long and twice the memory. The version is pinned exactly.
 */
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici';
}
