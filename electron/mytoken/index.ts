export { createMytokenClient, type MytokenClientDeps } from './client.ts';
export { createHttp, type HttpOptions } from './http.ts';
export type { Http, HttpAnswer, HttpRequest } from './http-types.ts';
export { classifyToken, looksLikeMytoken, momIdOf } from './identity.ts';
export { isLoopbackHost, parseInstanceUrl } from './instance-url.ts';
export type * from './notices-types.ts';
export { RotatedAnswerError } from './rotated-answer-error.ts';
export type * from './settings-types.ts';
export type * from './types.ts';
