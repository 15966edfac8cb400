export { type Clock, systemClock } from './clock.ts';
export { Emitter } from './emitter.ts';
export { type LogFields, type Logger, type LogLevel, silentLogger } from './logger.ts';
export { Secret } from './secret.ts';
