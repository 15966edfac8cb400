export { type AppLock, type AppLockDeps, createAppLock } from './app-lock.ts';
export { type PowerEvents, runAutoLock } from './auto-lock.ts';
export { createPause, type Pause } from './pause.ts';
