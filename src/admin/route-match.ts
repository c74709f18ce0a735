// Finds the route of a module for a canonical path. Not Express's own matching: it reads the URL a second time, in its own way,
// without regard to case at a mount, and knows no 405 [GW-1].
import { ERROR_CODES, METHODS, type Method, type RequestView } from '../core/index.js';
import { RestFault, type RestModule, type Route } from '../plugin-kit/rest.js';

/** A route and its path in pieces. */
export interface CompiledRoute {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** The route that was found, with the decoded parameters of its path. */
export interface PickedRoute {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Compiles a module's table, in its order. */
export function compileRoutes(module: RestModule): readonly CompiledRoute[] {
  return module.routes.map((route) => ({ route, segments: toSegments(route.path) }));
}

/** The first route that fits. Throws RestFault 404 for an unknown path, 405 with `Allow` for a known one with another method. */
export function pickRoute(routes: readonly CompiledRoute[], segments: readonly string[], method: Method): PickedRoute {
  const allowed = new Set<Method>();
  // HEAD is GET without the body (RFC 9110 §9.3.2); Node leaves the body out by itself.
  const wanted = method === 'HEAD' ? 'GET' : method;
  for (const { route, segments: pattern } of routes) {
    const parameters = matchSegments(pattern, segments);
    if (parameters === null) continue;
    if (route.method === wanted) return { route, parameters };
    allowed.add(route.method);
    if (route.method === 'GET') allowed.add('HEAD');
  }
  if (allowed.size === 0) throw new RestFault(404, ERROR_CODES['request.not-found'].publicText, { kind: 'request.not-found' });
  const allow = METHODS.filter((name) => allowed.has(name)).join(', ');
  throw new RestFault(405, ERROR_CODES['request.method-not-allowed'].publicText, {
    kind: 'request.method-not-allowed',
    headers: { Allow: allow },
  });
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const expected = pattern[index] ?? '';
    if (expected.startsWith(':')) parameters[expected.slice(1)] = decodeURIComponent(segment);
    else if (expected !== segment) return null;
  }
  return parameters;
}

/** The segments that follow the module's path; null when the request is not the module's. */
export function segmentsBelow(module: RestModule, request: RequestView): readonly string[] | null {
  if (module.product !== 'cloud' && request.product !== module.product) return null;
  const path = module.product === 'cloud' ? request.path : request.path.slice(request.contextPath.length);
  if (path !== module.path && !path.startsWith(`${module.path}/`)) return null;
  return toSegments(path.slice(module.path.length));
}

/** The segments behind the version. Throws RestFault 404 for another version than the module's. */
export function versionless(module: RestModule, segments: readonly string[]): readonly string[] {
  if (module.versions.length === 0) return segments;
  const [version, ...rest] = segments;
  if (version !== undefined && module.versions.includes(version)) return rest;
  throw new RestFault(404, ERROR_CODES['request.not-found'].publicText, { kind: 'request.not-found' });
}

/** `/a/b` and `/a/b/` are the same; the canonical path has no empty segment in between [GW-2]. */
function toSegments(path: string): readonly string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  return trimmed === '' ? [] : trimmed.split('/');
}
