/** Routes: literals match without regard to case, trailing slashes do not matter (protocol 2.1). */
import type { Handler } from './exchange.ts';

export interface RouteMatch {
  handler: Handler;
  params: Record<string, string>;
  /** The pattern, free of secrets: safe for logs. */
  pattern: string;
}

interface Route {
  method: string;
  pattern: string;
  segments: string[];
  handler: Handler;
  exists: () => boolean;
}

function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export class Router {
  readonly #routes: Route[] = [];

  /**
   * `:name` is a parameter. Routes are tried in the order they were added.
   * @param exists asked at each request: the route of a feature that is off is not there
   */
  add(method: string, pattern: string, handler: Handler, exists = (): boolean => true): this {
    this.#routes.push({ method, pattern, segments: split(pattern), handler, exists });
    return this;
  }

  /** The route, or whether another method would have found one. */
  find(method: string, path: string): RouteMatch | { pathKnown: boolean } {
    const segments = split(path);
    let pathKnown = false;
    for (const route of this.#routes) {
      if (!route.exists()) continue;
      const params = matchSegments(route.segments, segments);
      if (!params) continue;
      // HEAD is answered by GET routes, as frameworks do.
      if (route.method === method || (method === 'HEAD' && route.method === 'GET'))
        return { handler: route.handler, params, pattern: route.pattern };
      pathKnown = true;
    }
    return { pathKnown };
  }
}

function matchSegments(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? '';
    if (expected.startsWith(':')) params[expected.slice(1)] = decode(actual);
    else if (expected.toLowerCase() !== actual.toLowerCase()) return undefined;
  }
  return params;
}
