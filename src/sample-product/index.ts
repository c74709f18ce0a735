// The built-in sample of Jira and Confluence: what stands behind the gateway where nobody configured a product.
// It has its own server on its own socket, so that the same line is walked as with a real one (docs/specification/product.md).
// Whoever reaches that socket can name any user in the identity header: bind it to loopback.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { type Clock, LIMITS, type Logger, type RandomSource, silentLogger } from '../core/index.js';
import { Budget } from './budget.js';
import type { SampleUsers } from './caller.js';
import { confluenceSite } from './confluence/site.js';
import { siteRouter } from './http.js';
import { jiraSite } from './jira/site.js';

export type { SampleUsers } from './caller.js';

export interface SampleProductOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** `/jira`, or '' for the root. */
  readonly jiraContext: string;
  readonly confluenceContext: string;
  /** What clients call the site, for links to itself: `http://localhost:2990`, without a context path. */
  readonly baseUrl: string;
  /** The header in which the gateway vouches for a user name, or null [GW-42]. */
  readonly identityHeader: string | null;
  readonly users: SampleUsers;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Told of failures nobody foresaw. */
  readonly logger?: Logger;
}

export interface SampleProduct {
  /** Where the gateway finds it: `http://127.0.0.1:40123`. */
  readonly origin: string;
  readonly port: number;
  /** Changes the links: the public port may be known only once the gateway listens. */
  setBaseUrl(url: string): void;
  /** Ends it and every open connection. What it kept is gone. */
  close(): Promise<void>;
}

/** Starts the sample. Rejects where the address cannot be bound, or a context path is not one. */
export async function startSampleProduct(options: SampleProductOptions): Promise<SampleProduct> {
  let baseUrl = options.baseUrl;
  const server = createServer(
    { headersTimeout: LIMITS.headersTimeoutMs, keepAliveTimeout: LIMITS.keepAliveTimeoutMs, maxHeaderSize: LIMITS.headerBytesMax },
    sampleApp(options, () => baseUrl),
  );
  const port = await listen(server, options.host, options.port);
  return {
    origin: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    setBaseUrl(url) {
      baseUrl = url;
    },
    close: () => close(server),
  };
}

function sampleApp(options: SampleProductOptions, baseUrl: () => string): Express {
  if (options.jiraContext === options.confluenceContext)
    throw new Error('The samples of Jira and Confluence need different context paths.');
  const { users, clock, random, identityHeader } = options;
  const environment = { users, clock, random, identityHeader, baseUrl, budget: new Budget() };
  const sites = [
    { context: options.jiraContext, site: jiraSite(environment, options.jiraContext) },
    { context: options.confluenceContext, site: confluenceSite(environment, options.confluenceContext) },
  ];
  const app = express().disable('x-powered-by').disable('etag').enable('case sensitive routing');
  // The longer context first: one of them may be '', which is the beginning of every path.
  for (const { context, site } of sites.toSorted((a, b) => b.context.length - a.context.length)) {
    if (!/^(?:\/[\w.~-]+)*$/.test(context)) throw new Error(`Not a context path: ${JSON.stringify(context)}`);
    app.use(context || '/', siteRouter(site, options.logger ?? silentLogger));
  }
  return app;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
