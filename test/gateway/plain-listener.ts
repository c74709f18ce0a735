// A listener with the front before it, that tells which way each request came, and answers as a test says.
import { once } from 'node:events';
import http, { type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LIMITS, systemClock } from '../../src/core/index.js';
import type { Exchange, Outgoing } from '../../src/gateway/exchange.js';
import type { Gateway } from '../../src/gateway/gateway.js';
import { openPlainFront } from '../../src/gateway/plain/front.js';

export type Way = 'plain' | 'node';
export type Answer = (outgoing: Outgoing, way: Way) => void;

export interface Listener {
  readonly server: Server;
  readonly port: number;
  /** Which way each request came, and its target. */
  readonly came: (readonly [Way, string])[];
  readonly exchanges: Exchange[];
}

const open = new Set<Server>();
afterEach(() => {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
  open.clear();
});

export const ok: Answer = (outgoing, way) => {
  outgoing.writeHead(200, 'OK', ['Content-Length', '5']);
  outgoing.end(way.padEnd(5), 'latin1');
};

/** A listener that answers by `answer`, whichever way a request came; `/jira/rest/own/` is a token system's. */
export async function listenerWith(answer: Answer = ok, clock = systemClock): Promise<Listener> {
  const server = http.createServer({ connectionsCheckingInterval: 20, keepAliveTimeout: LIMITS.keepAliveTimeoutMs, noDelay: true });
  server.timeout = LIMITS.clientIdleTimeoutMs;
  const came: (readonly [Way, string])[] = [];
  const exchanges: Exchange[] = [];
  const carry = (way: Way, exchange: Exchange): void => {
    came.push([way, exchange.incoming.url ?? '']);
    exchanges.push(exchange);
    answer(exchange.outgoing, way);
  };
  server.on('request', (incoming, outgoing) => {
    incoming.resume();
    carry('node', { incoming, outgoing });
  });
  const gateway = {
    clock,
    site: {
      contexts: [
        { product: 'jira', contextPath: '/jira' },
        { product: 'confluence', contextPath: '/wiki' },
      ],
    },
    upstreams: new Map([['jira', {}]]),
    ownResources: { owns: (_product: string, path: string) => path.startsWith('/jira/rest/own/') },
  };
  openPlainFront(server, gateway as unknown as Gateway, (exchange) => carry('plain', exchange));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  open.add(server);
  return { server, port: (server.address() as AddressInfo).port, came, exchanges };
}

export const TARGET = '/jira/rest/api/2/myself';
export const plain = (target = TARGET, method = 'GET'): string => `${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
export const odd = (target = TARGET, method = 'GET'): string => `${method} ${target} HTTP/1.1\r\nHost:  a\r\n\r\n`;
export const ways = (listener: Listener): readonly Way[] => listener.came.map(([way]) => way);
export const answers = (text: string): number => text.split('HTTP/1.1 200').length - 1;

export function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))));
}
