// Turns a plugin's route table into an Express router. Routes are matched against the canonical path that policy judged and
// audit recorded, not against the URL as Express reads it: one reading of a request, everywhere [GW-1].
import type { IncomingMessage } from 'node:http';
import { Router } from 'express';
import { type Clock, ERROR_CODES, HostError, type Logger, type RequestView } from '../core/index.js';
import { parseJsonBody } from '../plugin-kit/json-body.js';
import { type Caller, type RestAnswer, type RestCall, RestFault, type RestModule } from '../plugin-kit/rest.js';
import { announcesBody, readBody } from './read-body.js';
import { compileRoutes, pickRoute, segmentsBelow, versionless } from './route-match.js';
import { writeAnswer } from './write-answer.js';

/** What the gateway concluded about a request before Express saw it. */
export interface ArrivedRequest {
  /** null: anonymous. */
  readonly caller: Caller | null;
  readonly request: RequestView;
  /** `WWW-Authenticate` values for a 401 [GW-12]. */
  readonly challenges?: readonly string[];
}

export interface PluginRouterNeeds {
  callerOf(request: IncomingMessage): ArrivedRequest;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A router for one module, to be mounted without a path: what lies outside the module goes on to the next. */
export function pluginRouter(module: RestModule, needs: PluginRouterNeeds): Router {
  const routes = compileRoutes(module);
  const router = Router({ caseSensitive: true, strict: true });
  router.use(async (request, response, next) => {
    const arrived = needs.callerOf(request);
    const segments = segmentsBelow(module, arrived.request);
    if (segments === null) return next();
    const answer = await answerOf(module, needs, arrived, async () => {
      const { route, parameters } = pickRoute(routes, versionless(module, segments), arrived.request.method);
      return route.handle(toCall(request, arrived, parameters, needs.clock));
    });
    if (answer.status === 401 && arrived.challenges !== undefined) response.setHeader('WWW-Authenticate', [...arrived.challenges]);
    writeAnswer(request, response, answer);
  });
  return router;
}

async function answerOf(
  module: RestModule,
  needs: PluginRouterNeeds,
  arrived: ArrivedRequest,
  work: () => Promise<RestAnswer>,
): Promise<RestAnswer> {
  try {
    return await work();
  } catch (error) {
    const fault = toFault(error, arrived.request, needs.logger);
    const answer = module.renderFault(fault);
    return { ...answer, headers: { ...fault.headers, ...answer.headers } };
  }
}

/** Errors reach the client as a status and a public text; what nobody foresaw as 500 without a detail. */
function toFault(error: unknown, request: RequestView, logger: Logger): RestFault {
  if (error instanceof RestFault) return error;
  const code = error instanceof HostError ? error.code : 'platform.unexpected';
  const status = ERROR_CODES[code].status;
  if (status >= 500) logger.error({ code, method: request.method, path: request.path, stack: stackOf(error) }, 'a REST module failed');
  const publicText = error instanceof HostError ? error.publicText : ERROR_CODES[code].publicText;
  return new RestFault(status, publicText, { kind: code, cause: error });
}

// Stacks alone: a driver's error also carries the parameters of its statement.
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\ncaused by ${stackOf(error.cause)}`;
}

function toCall(request: IncomingMessage, arrived: ArrivedRequest, parameters: Readonly<Record<string, string>>, clock: Clock): RestCall {
  return {
    caller: arrived.caller,
    request: arrived.request,
    parameters,
    query: new URLSearchParams(arrived.request.query ?? ''),
    async json() {
      const bytes = announcesBody(request) ? await readBody(request, clock) : Buffer.alloc(0);
      if (bytes.length === 0) return null;
      if (!isJson(request.headers['content-type'])) throw new RestFault(415, 'The body must be application/json.');
      return parseJsonBody(bytes);
    },
  };
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}
