// The token systems' REST modules as one Express application that the gateway dispatches permitted requests to.
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { challenges } from '../authn/challenge.js';
import type { CanonicalRequest, Clock, Logger, UpstreamProduct } from '../core/index.js';
import type { Caller, RestModule } from '../plugin-kit/rest.js';
import { type ArrivedRequest, pluginRouter } from './plugin-router.js';

export interface OwnResourcesNeeds {
  readonly modules: readonly RestModule[];
  readonly contextPaths: ReadonlyMap<UpstreamProduct, string>;
  readonly schemes: readonly ('basic' | 'bearer')[];
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Served {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Satisfies the gateway's OwnResources. */
export function createOwnResources(needs: OwnResourcesNeeds) {
  const prefixes = needs.modules.flatMap((module) => {
    const contextPath = module.product === 'cloud' ? undefined : needs.contextPaths.get(module.product);
    return contextPath === undefined ? [] : [{ product: module.product, prefix: `${contextPath}${module.path}` }];
  });
  // Beside the request, never on it: nothing that arrives can forge an entry here.
  const arrivals = new WeakMap<IncomingMessage, ArrivedRequest>();
  const callerOf = (incoming: IncomingMessage): ArrivedRequest => {
    const arrived = arrivals.get(incoming);
    if (arrived === undefined) throw new Error('A request reached a REST module without passing the gateway.');
    return arrived;
  };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  for (const module of needs.modules) app.use(pluginRouter(module, { callerOf, clock: needs.clock, logger: needs.logger }));

  return {
    owns: (product: UpstreamProduct, path: string): boolean =>
      prefixes.some((own) => own.product === product && (path === own.prefix || path.startsWith(`${own.prefix}/`))),
    serve({ incoming, outgoing }: Served, request: CanonicalRequest, caller: Caller | null): void {
      arrivals.set(incoming, {
        caller,
        request,
        challenges: challenges(needs.schemes, { kind: 'anonymous', because: 'no-credential', credentialDigest: null }),
      });
      incoming.url = request.target;
      app(incoming, outgoing);
    },
  };
}
