export { ApiError, asApiError, type Bridge, type Call } from './bridge.ts';
export { applyPatch } from './state.ts';
export { createStore, type Store } from './store.ts';
