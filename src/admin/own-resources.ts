// The token systems' REST modules as one Express application that the gateway dispatches permitted requests to.
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { challenges } from '../authn/challenge.js';
import type { CanonicalRequest, Clock, Logger, Product, UpstreamProduct } from '../core/index.js';
import { type Caller, RestFault, type RestModule } from '../plugin-kit/rest.js';
import { type ArrivedRequest, pluginRouter } from './plugin-router.js';

export interface OwnResourcesNeeds {
  readonly modules: readonly RestModule[];
  readonly contextPaths: ReadonlyMap<UpstreamProduct, string>;
  /** Schemes that would do for a product, for the challenges of a 401. */
  schemes(product: Product): readonly ('basic' | 'bearer')[];
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Served {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Satisfies the gateway's OwnResources. */
export function createOwnResources(needs: OwnResourcesNeeds) {
  // Asked for every request: a product's own alone are looked at.
  const placed = new Map<Product, { readonly module: RestModule; readonly prefix: string; readonly below: string }[]>();
  for (const module of needs.modules) {
    const contextPath = module.product === 'cloud' ? '' : needs.contextPaths.get(module.product);
    if (contextPath === undefined) continue;
    const prefix = `${contextPath}${module.path}`;
    placed.set(module.product, [...(placed.get(module.product) ?? []), { module, prefix, below: `${prefix}/` }]);
  }
  const moduleAt = (product: Product, path: string): RestModule | undefined =>
    placed.get(product)?.find(({ prefix, below }) => path === prefix || path.startsWith(below))?.module;
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
    owns: (product: Product, path: string): boolean => moduleAt(product, path) !== undefined,
    refusal(product: Product, path: string, { status, message }: { status: number; message: string }): unknown {
      const module = moduleAt(product, path);
      return module?.rendersRefusals === true ? module.renderFault(new RestFault(status, message)).json : undefined;
    },
    serve({ incoming, outgoing }: Served, request: CanonicalRequest, caller: Caller | null): void {
      arrivals.set(incoming, {
        caller,
        request,
        challenges: challenges(needs.schemes(request.product), { kind: 'anonymous', because: 'no-credential', credentialDigest: null }),
      });
      incoming.url = request.target;
      app(incoming, outgoing);
    },
  };
}
