// Turns a product's table of routes into an Express router, and answers in the product's own way: headers, content type, errors [PRD-6].
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { HostError, type Logger, type Principal } from '../core/index.js';
import { jsonBody, type UploadedFile, uploadedFiles } from './body.js';
import { type CallerSources, callerOf } from './caller.js';
import { SampleFault } from './fault.js';
import { failsXsrfCheck } from './xsrf.js';

/** What a route may know of a request. */
export interface Call {
  /** null: anonymous. */
  readonly caller: Principal | null;
  /** Decoded path parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly cookieHeader: string | undefined;
  /** The body as JSON; throws 400, 413 or 415. */
  json(): Promise<unknown>;
  /** The files of a form; throws 400, 413 or 415. */
  files(): Promise<readonly UploadedFile[]>;
}

export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  /** Sent for saving, never for showing: a file that a user brought must not run as a page of the site. */
  readonly file?: UploadedFile;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the context path; `:name` is one segment. Routes are tried in order. */
  readonly path: string;
  answer(call: Call): Answer | Promise<Answer>;
}

/** One product of the sample. */
export interface SampleSite {
  readonly callers: CallerSources;
  readonly routes: readonly Route[];
  /** Told of every caller who logged in. */
  meet(principal: Principal): void;
  /** The body of a failure, in the product's shape. */
  renderFault(fault: SampleFault): unknown;
}

/** 200 with this body. */
export function ok(json: unknown): Answer {
  return { status: 200, json };
}

/** The product's router: who calls, XSRF, the routes, 405, 404, failures. */
export function siteRouter(site: SampleSite, logger: Logger): Router {
  const router = express.Router({ caseSensitive: true });
  router.use(async (request, response, next) => {
    response.set({ 'Cache-Control': 'no-cache, no-store, no-transform', 'X-Content-Type-Options': 'nosniff' });
    const caller = await callerOf(request.headers, site.callers);
    response.set('X-AUSERNAME', caller.principal === null ? 'anonymous' : encodeURIComponent(caller.principal.username));
    if (caller.isFreshLogin) response.set('X-Seraph-LoginReason', 'OK');
    if (caller.principal !== null) site.meet(caller.principal);
    response.locals['caller'] = caller.principal;
    if (failsXsrfCheck(request)) write(response, { status: 403, text: 'XSRF check failed' });
    else next();
  });
  for (const route of site.routes) addRoute(router, route);
  for (const [path, methods] of methodsByPath(site.routes)) {
    router.all(path, () => {
      throw new SampleFault(405, 'Method Not Allowed', { headers: { Allow: methods.join(', ') } });
    });
  }
  router.use(() => {
    throw new SampleFault(404, 'There is nothing at this address.');
  });
  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const fault = asFault(error, logger);
    write(response, { status: fault.status, json: site.renderFault(fault), headers: fault.headers });
  });
  return router;
}

function addRoute(router: Router, route: Route): void {
  router[METHOD_NAMES[route.method]](route.path, async (request: Request, response: Response) => {
    write(response, await route.answer(callOf(request, response)));
  });
}

const METHOD_NAMES = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const;

function callOf(request: Request, response: Response): Call {
  const queryAt = request.url.indexOf('?');
  return {
    caller: response.locals['caller'] as Principal | null,
    parameters: request.params as Record<string, string>,
    query: new URLSearchParams(queryAt === -1 ? '' : request.url.slice(queryAt)),
    cookieHeader: request.headers.cookie,
    json: () => jsonBody(request, response),
    files: () => uploadedFiles(request, response),
  };
}

/** What each path can do, for `Allow` (RFC 9110 §10.2.1). */
function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) {
    methods.set(path, [...(methods.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
  }
  return methods;
}

/** Express's `json()` and `send()` would rewrite the content type, which a client compares by equality [PRD-6]: so `end()`. */
function write(response: Response, answer: Answer): void {
  response.status(answer.status).set(answer.headers ?? {});
  if (answer.file !== undefined) {
    response.attachment(answer.file.filename);
    end(response, answer.file.mimeType, answer.file.content);
  } else if (answer.text !== undefined) end(response, 'text/plain;charset=UTF-8', Buffer.from(answer.text));
  else if (answer.json !== undefined) end(response, 'application/json;charset=UTF-8', Buffer.from(JSON.stringify(answer.json)));
  else response.end();
}

function end(response: Response, contentType: string, body: Buffer): void {
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', body.byteLength);
  response.end(body);
}

/** Whatever was thrown, as a fault. What nobody foresaw is logged, and told to the client without its text. */
function asFault(error: unknown, logger: Logger): SampleFault {
  if (error instanceof SampleFault) return error;
  if (error instanceof HostError) return new SampleFault(error.status, error.publicText);
  const status = statusOf(error);
  if (status === 413) return new SampleFault(413, 'The request body is too large.');
  if (status !== null) return new SampleFault(status, 'The request could not be read.');
  logger.error({ error }, 'The sample product failed.');
  return new SampleFault(500, 'Internal server error');
}

/** The status that Express and its body readers put on what the client did wrong. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  return error.status >= 400 && error.status < 500 ? error.status : null;
}
