// Bounds against those who take their time, or too much: slow heads, slow bodies, floods, and more connections than there may be. Each bound
// and its reason is in docs/limits.md. Timers run here with a patience as short as a test's; that the listener has the real ones is told too.
import { once } from 'node:events';
import type { Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { LIMITS, silentLogger, systemClock } from '../../src/core/index.js';
import { createEntry } from '../../src/gateway/entry.js';
import type { NodeExchange } from '../../src/gateway/exchange.js';
import type { Gateway } from '../../src/gateway/gateway.js';
import { openUpstream } from '../../src/gateway/upstream.js';
import { type Gate, request } from '../support/gate.js';
import { sendRaw } from '../support/raw-client.js';
import { converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';

const gates = gatesOfThisFile(['gateway', {}]);
let gate: Gate;
let login: string;
beforeAll(async () => {
  gate = await gates.at('gateway');
  login = await gates.login(gate);
});

/** The listener before somebody who never answers. */
function listenerHolding(upstreams: Gateway['upstreams'] = new Map()): { server: Server; held: NodeExchange[]; refused: string[] } {
  const held: NodeExchange[] = [];
  const refused: string[] = [];
  const site = { clock: systemClock, newId: () => 'id', contexts: [], cloudPaths: [], baseAuthority: null, trustedProxies: null };
  const server = createEntry({
    clock: systemClock,
    logger: silentLogger,
    site,
    upstreams,
    trail: { noteMalformed: ({ code }: { code: string }) => void refused.push(code) },
    elsewhere: (exchange: NodeExchange) => {
      held.push(exchange);
      exchange.incoming.on('error', () => undefined).resume();
      return true;
    },
  } as unknown as Gateway);
  return { server, held, refused };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Writes one byte after the other until the connection ends; resolves with what came back. */
async function dribble(port: number, first: string, byte: string): Promise<string> {
  const client = await converse(port);
  await client.write(first);
  const timer = setInterval(() => void client.write(byte), 20);
  try {
    return await client.untilClosed();
  } finally {
    clearInterval(timer);
    client.reset();
  }
}

it('a thousand clients that come at the same moment are all connected, though nobody takes them yet [GW-52]', async () => {
  gate.postern.child.kill('SIGSTOP');
  const sockets = Array.from({ length: 1_000 }, () =>
    net.connect({ port: gate.postern.port, host: '127.0.0.1' }).on('error', () => undefined),
  );
  try {
    // Past the backlog the system lets SYNs fall, and whoever is stopped takes none: this would wait for ever.
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    expect(sockets.filter((socket) => socket.readyState === 'open')).toHaveLength(1_000);
  } finally {
    gate.postern.child.kill('SIGCONT');
    for (const socket of sockets) socket.destroy();
  }
});

describe('a client that takes its time [GW-52, GW-41]', () => {
  it('the listener has every bound of limits.ts, and outwaits the slowest product', async () => {
    const { server } = listenerHolding();
    expect({
      headersTimeout: server.headersTimeout,
      keepAliveTimeout: server.keepAliveTimeout,
      timeout: server.timeout,
      maxConnections: server.maxConnections,
    }).toEqual({
      headersTimeout: LIMITS.headersTimeoutMs,
      keepAliveTimeout: LIMITS.keepAliveTimeoutMs,
      timeout: LIMITS.clientIdleTimeoutMs,
      maxConnections: LIMITS.connectionsMax,
    });
    const bodyMs = 10 * LIMITS.clientIdleTimeoutMs;
    const upstream = openUpstream(new URL('http://127.0.0.1:9'), { connectMs: 1_000, headersMs: 1_000, bodyMs });
    expect(listenerHolding(new Map([['jira', upstream]])).server.timeout).toBe(1_000 + bodyMs + LIMITS.clientIdleMarginMs);
    await upstream.close();
  });

  it('a head that comes byte by byte is answered with 408: no byte buys more time', async () => {
    const { server, held, refused } = listenerHolding();
    server.headersTimeout = 200;
    const port = await listening(server);
    const text = await dribble(port, 'GET /x HTTP/1.1\r\nHost: a\r\nX: ', 'x');
    expect(finalAnswer(text).head.split(' ')[1]).toBe('408');
    expect([held.length, refused]).toEqual([0, ['request.timeout']]);
    server.close();
  });

  it('a body that stops coming ends the connection, and whoever waits for it is told', async () => {
    const { server, held } = listenerHolding();
    server.timeout = 200;
    const port = await listening(server);
    const client = await converse(port);
    await client.write('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
    await client.untilClosed();
    const incoming = held[0]?.incoming;
    if (incoming?.destroyed === false) await new Promise((resolve) => incoming.once('close', resolve));
    expect([held.length, incoming?.complete, incoming?.destroyed]).toEqual([1, false, true]);
    server.close();
  });

  it('a connection on which nothing is asked any more is closed', async () => {
    const { server } = listenerHolding();
    server.keepAliveTimeout = 200;
    const port = await listening(server);
    const client = await converse(port);
    await client.write('GET /jira/rest/../x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
    server.close();
  });
});

describe('a client that sends too much [GW-52]', () => {
  it.each([
    ['just within the bound of a head', LIMITS.headerBytesMax - 600, 200],
    ['past it', LIMITS.headerBytesMax + 1, 431],
  ])('a field of so many bytes that the head is %s', async (_what, bytes, status) => {
    const { answer } = await gate.send(request('GET', '/jira/rest/api/2/head', [login, `X-Long: ${'x'.repeat(bytes)}`]));
    expect(answer.status).toBe(status);
  });

  it('a flood behind a refused request is thrown away, and the connection ends without another answer', async () => {
    const one = request('GET', '/jira/rest/../x', [login]);
    const answer = await sendRaw(gate.postern.port, one.repeat(LIMITS.pipelinedRequestsMax), { untilClose: true });
    expect(answer.raw.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
  });

  it('a head of the product’s that is past its bound is 502, and the next request is served', async () => {
    const path = '/jira/rest/api/2/large-head';
    const client = await converse(gate.postern.port);
    await client.write(request('GET', path, [login, 'x-test-hold: end']));
    await gate.upstream.until(() => gate.upstream.requests.some(({ target }) => target === path));
    const large = 'x'.repeat(LIMITS.upstreamHeaderBytesMax + 1);
    await gate.upstream.write(`HTTP/1.1 200 OK\r\nX-Large: ${large}\r\nContent-Length: 0\r\n\r\n`, 'close');
    expect(finalAnswer(await client.until((text) => text.endsWith('}'))).head.split(' ')[1]).toBe('502');
    client.end();
    const { answer } = await gate.send(request('GET', '/jira/rest/api/2/after', [login]));
    expect(answer.status).toBe(200);
  });
});

describe('connections [GW-52]', () => {
  /** More than there may be: those past the bound are closed at once. */
  const TRIED = LIMITS.connectionsMax + 50;

  it('as many as there may be are held, one more is closed, those that are there are served, and room that is given back is given away', async () => {
    const open = new Set<net.Socket>();
    let over = 0;
    const connect = (): Promise<net.Socket> =>
      new Promise((resolve, reject) => {
        const socket = net.connect(gate.postern.port, '127.0.0.1', () => resolve(socket));
        open.add(socket);
        socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
        socket.on('close', () => {
          open.delete(socket);
          over += 1;
        });
      });
    const first = await converse(gate.postern.port);
    for (let count = 0; count < TRIED; count += 50) await Promise.all(Array.from({ length: 50 }, connect));
    while (open.size > LIMITS.connectionsMax) await new Promise(setImmediate);
    // The tests’ own tools hold a few.
    expect(open.size).toBeGreaterThan(LIMITS.connectionsMax - 20);
    expect(over).toBe(TRIED - open.size);
    const late = await converse(gate.postern.port);
    expect(await late.untilClosed()).toBe('');
    await first.write(request('GET', '/jira/rest/api/2/held', [login]));
    expect(await first.until((text) => text.includes('"ok"'))).toMatch(/^HTTP\/1\.1 200 /);
    first.end();
    for (const socket of open) socket.destroy();
    while (open.size > 0) await new Promise(setImmediate);
    // Room is there when the server has noticed.
    for (let isServed = false; !isServed; )
      isServed = (await sendRaw(gate.postern.port, request('GET', '/jira/rest/api/2/room', [login]))).status === 200;
    expect(gate.postern.output()).not.toMatch(/platform\.unexpected|uncaught|unhandled|EMFILE/i);
  });
});
