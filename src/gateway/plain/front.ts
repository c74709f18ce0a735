// The first to look at a client's connection: plain requests for an upstream, nearly all there are, are read and answered here, and whatever
// else comes is node:http's, untouched (docs/decisions/0020-plain-requests.md).
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { LIMITS } from '../../core/index.js';
import type { Exchange } from '../exchange.js';
import type { Gateway } from '../gateway.js';
import { writeInOne } from '../one-write.js';
import { PlainConnection, type PlainConnectionOwner } from './connection.js';

/** What Node's own listener for new connections is. */
type Listener = (this: Server, socket: Socket) => void;

/** Characters by which a path could be another one than it looks: with any of these it is node:http's, though the line would judge it alike. */
const ODD_PATH = /%|;|\/\/|\/\./;

/** Puts itself before node:http's listener of a server that is not listening yet. `carry` takes each request, and never throws. */
export function openPlainFront(server: Server, gateway: Gateway, carry: (exchange: Exchange) => void): void {
  const [nodes] = server.listeners('connection') as Listener[];
  if (nodes === undefined) throw new Error('node:http listens to no connections.');
  const connections = new Set<PlainConnection>();
  const owner: PlainConnectionOwner = {
    isForUpstream: (target) => isForUpstream(target, gateway),
    carry,
    date: dateField(gateway),
    handOver(connection, socket, unread) {
      connections.delete(connection);
      writeInOne(socket);
      nodes.call(server, socket);
      // As the next bytes will be given to it; put back into the stream they would be late, and hold up what comes behind them.
      if (unread !== null) socket.emit('data', unread);
      socket.resume();
    },
    closed: (connection) => void connections.delete(connection),
  };
  server.removeListener('connection', nodes);
  server.on('connection', (socket: Socket) => void connections.add(new PlainConnection(socket, owner)));
  endWith(server, connections);
  server.once('listening', () => {
    const stop = gateway.clock.every(
      LIMITS.plainSweepMs,
      () => sweep(server, connections),
      () => undefined,
    );
    server.once('close', stop);
  });
}

function sweep(server: Server, connections: ReadonlySet<PlainConnection>): void {
  const patience = { idleMs: server.keepAliveTimeout, silenceMs: server.timeout };
  for (const connection of [...connections]) connection.sweep(LIMITS.plainSweepMs, patience);
}

/** Whoever ends node:http's connections means these too. */
function endWith(server: Server, connections: ReadonlySet<PlainConnection>): void {
  const closeIdle = server.closeIdleConnections.bind(server);
  const closeAll = server.closeAllConnections.bind(server);
  server.closeIdleConnections = () => {
    for (const connection of [...connections]) connection.closeIdle();
    closeIdle();
  };
  server.closeAllConnections = () => {
    for (const { socket } of [...connections]) socket.destroy();
    closeAll();
  };
}

/** Below `/rest/` of a product that has an upstream, and no token system's own. */
function isForUpstream(target: string, { site, upstreams, ownResources }: Gateway): boolean {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (ODD_PATH.test(path)) return false;
  // As the line looks for it: the first that fits.
  for (const { product, contextPath } of site.contexts)
    if (path.startsWith(`${contextPath}/rest/`)) return upstreams.has(product) && !ownResources.owns(product, path);
  return false;
}

/** RFC 9110 §5.6.7; the same text for a second. */
function dateField({ clock }: Pick<Gateway, 'clock'>): () => string {
  let second = 0;
  let text = '';
  return () => {
    const now = Math.floor(clock.now() / 1_000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1_000).toUTCString();
    }
    return text;
  };
}
