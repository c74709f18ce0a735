// The two ways of a connection: plain requests are read and answered without node:http, whatever else comes is node:http's from its first byte
// on. Whoever asks sees no difference.
import { once } from 'node:events';
import http, { type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { LIMITS, systemClock } from '../../src/core/index.js';
import type { Exchange, Outgoing } from '../../src/gateway/exchange.js';
import type { Gateway } from '../../src/gateway/gateway.js';
import { openPlainFront } from '../../src/gateway/plain/front.js';
import { testClock } from '../support/test-clock.js';
import { converse } from './conversation.js';

type Way = 'plain' | 'node';
type Answer = (outgoing: Outgoing, way: Way) => void;

interface Listener {
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

const ok: Answer = (outgoing, way) => {
  outgoing.writeHead(200, 'OK', ['Content-Length', '5']);
  outgoing.end(way.padEnd(5), 'latin1');
};

/** A listener that answers by `answer`, whichever way a request came; `/jira/rest/own/` is a token system's. */
async function listenerWith(answer: Answer = ok, clock = systemClock): Promise<Listener> {
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

const TARGET = '/jira/rest/api/2/myself';
const plain = (target = TARGET, method = 'GET'): string => `${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
const odd = (target = TARGET, method = 'GET'): string => `${method} ${target} HTTP/1.1\r\nHost:  a\r\n\r\n`;
const ways = (listener: Listener): readonly Way[] => listener.came.map(([way]) => way);
const answers = (text: string): number => text.split('HTTP/1.1 200').length - 1;

describe('which way a request goes', () => {
  it.each([
    ['a plain request for an upstream', plain(), 'plain'],
    ['HEAD', plain(TARGET, 'HEAD'), 'plain'],
    ['DELETE', plain(TARGET, 'DELETE'), 'plain'],
    ['one with a query', plain(`${TARGET}?expand=groups%2Ckey`), 'plain'],
    ['what is not below /rest/', plain('/jira/browse/A-1'), 'node'],
    ['the control plane', plain('/api/v1/tokens'), 'node'],
    ['a product without an upstream', plain('/wiki/rest/api/x'), 'node'],
    ['a token system’s own', plain('/jira/rest/own/x'), 'node'],
    ['a token system’s own in another spelling', plain('/jira/rest/./own/x'), 'node'],
    ['an escape in the path', plain('/jira/rest/api/%6dyself'), 'node'],
    ['a parameter in the path', plain('/jira/rest/api;x/2'), 'node'],
    ['an empty segment', plain('/jira/rest//api'), 'node'],
    ['a body', `POST ${TARGET} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab`, 'node'],
    ['an odd head', odd(), 'node'],
  ] as const)('%s [GW-6, GW-60]', async (_what, bytes, way) => {
    const listener = await listenerWith();
    const client = await converse(listener.port);
    await client.write(bytes);
    await client.until((text) => text.includes('\r\n\r\n'));
    expect(ways(listener)).toEqual([way]);
    client.end();
  });

  it('a connection is plain up to its first odd request, and node:http’s from then on', async () => {
    const listener = await listenerWith();
    const client = await converse(listener.port);
    const sent = [plain(), plain(), odd(), plain(), `POST ${TARGET} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab`, plain()];
    for (const [index, bytes] of sent.entries()) {
      await client.write(bytes);
      await client.until((text) => answers(text) === index + 1);
    }
    expect(ways(listener)).toEqual(['plain', 'plain', 'node', 'node', 'node', 'node']);
    client.end();
  });

  it('a head that comes in two pieces is answered as if it had come in one, wherever it is cut', async () => {
    const listener = await listenerWith();
    for (let cut = 1; cut < plain().length; cut += 1) {
      const client = await converse(listener.port);
      await client.write(plain().slice(0, cut));
      while (listener.came.length === cut - 1 && (await connectionsOf(listener.server)) === 0) await new Promise(setImmediate);
      await client.write(plain().slice(cut));
      await client.until((text) => text.includes('\r\n\r\n'));
      client.reset();
    }
    expect(listener.came).toHaveLength(plain().length - 1);
    expect(new Set(listener.came.map(([, target]) => target))).toEqual(new Set([TARGET]));
  });

  it.each([
    ['plain ones in one piece', [plain('/jira/rest/1') + plain('/jira/rest/2') + plain('/jira/rest/3')]],
    ['a plain one and an odd one in one piece', [plain('/jira/rest/1') + odd('/jira/rest/2') + plain('/jira/rest/3')]],
    ['plain ones in a piece each', [plain('/jira/rest/1'), plain('/jira/rest/2'), plain('/jira/rest/3')]],
    ['an odd one behind a plain one', [plain('/jira/rest/1'), odd('/jira/rest/2'), plain('/jira/rest/3')]],
    ['half of one behind a plain one', [plain('/jira/rest/1'), 'GET /jira/rest/2 HTT', `P/1.1\r\nHost: a\r\n\r\n${plain('/jira/rest/3')}`]],
  ])('requests that do not wait for answers are answered in their order: %s', async (_what, pieces) => {
    const held: Outgoing[] = [];
    const listener = await listenerWith((outgoing) => void held.push(outgoing));
    const client = await converse(listener.port);
    for (const piece of pieces) {
      await client.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (let count = 1; count <= 3; count += 1) {
      while (listener.came.length < count) await new Promise(setImmediate);
      const outgoing = held[count - 1];
      if (outgoing?.socket === null) await once(outgoing as http.ServerResponse, 'socket');
      if (outgoing !== undefined) ok(outgoing, 'plain');
      await client.until((text) => answers(text) === count);
    }
    expect(listener.came.map(([, target]) => target)).toEqual(['/jira/rest/1', '/jira/rest/2', '/jira/rest/3']);
    client.end();
  });
});

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))));
}

describe('an answer is the same bytes, whichever way its request came', () => {
  const large = Buffer.alloc(LIMITS.joinedWriteMax + 1, 'x');
  const BEYOND = 'äé’';
  const rows: readonly (readonly [what: string, answer: (outgoing: Outgoing) => void])[] = [
    ['a known length', (one) => void (one.writeHead(200, 'OK', ['X-A', 'b', 'Content-Length', '2']), one.end('ok', 'latin1'))],
    ['bytes of a known length', (one) => void (one.writeHead(200, 'OK', ['Content-Length', '2']), one.end(Buffer.from([0xff, 0x00])))],
    ['no length', (one) => void (one.writeHead(200, 'OK', ['X-A', 'b']), one.end('ok', 'latin1'))],
    ['no length, and nothing', (one) => void (one.writeHead(200, 'OK', []), one.end())],
    [
      'no length, in pieces',
      (one) => void (one.writeHead(200, '', []), one.write('a', 'latin1'), one.write(large, 'latin1'), one.end('c', 'latin1')),
    ],
    [
      'a length, in pieces',
      (one) => void (one.writeHead(200, 'OK', ['content-length', '3']), one.write('a', 'latin1'), one.end('bc', 'latin1')),
    ],
    ['a large piece', (one) => void (one.writeHead(200, 'OK', ['Content-Length', String(large.length)]), one.end(large))],
    ['a head before its body', (one) => void (one.writeHead(200, 'OK', []), one.flushHeaders(), one.end('ok', 'latin1'))],
    ['a head before nothing', (one) => void (one.writeHead(200, 'OK', ['Content-Length', '0']), one.flushHeaders(), one.end())],
    ['trailers', (one) => void (one.writeHead(200, 'OK', []), one.write('a', 'latin1'), one.addTrailers([['X-T', 'b']]), one.end())],
    ['204', (one) => void (one.writeHead(204, 'No Content', ['X-A', 'b']), one.end())],
    ['304', (one) => void (one.writeHead(304, 'Not Modified', ['ETag', '"x"']), one.end())],
    ['304 with a length', (one) => void (one.writeHead(304, 'Not Modified', ['Content-Length', '10']), one.end())],
    ['a date of its own', (one) => void (one.writeHead(200, 'OK', ['Date', 'then', 'Content-Length', '0']), one.end())],
    [
      'fields set one by one',
      (one) =>
        void (one.setHeader('X-A', 'a'),
        one.setHeader('x-a', ['b', 'c']),
        (one.statusCode = 403),
        one.setHeader('Content-Length', Buffer.byteLength(BEYOND)),
        one.end(BEYOND)),
    ],
    [
      'fields set one by one, and the connection ends',
      (one) => void (one.setHeader('Connection', 'close'), (one.statusCode = 400), one.setHeader('Content-Length', 0), one.end()),
    ],
    ['a field in the letters of Latin-1', (one) => void (one.writeHead(200, 'OK', ['X-A', '\xe4', 'Content-Length', '0']), one.end())],
  ];

  const END = 'THE END';
  /** Everything that comes of one request, up to the answer of a second one, which is sent when the first is over. */
  const bytesOf = async ({ port, exchanges }: Listener, bytes: string): Promise<string> => {
    const before = exchanges.length;
    const client = await converse(port);
    await client.write(bytes);
    while (exchanges.length === before || exchanges[before]?.outgoing.closed !== true) await new Promise(setImmediate);
    await client.write(odd('/end'));
    const got = await client.until((all) => all.includes(END)).catch(() => client.text);
    client.reset();
    return got.replaceAll(/Date: [A-Z][^\r]*/g, 'Date: now');
  };

  describe.each(['GET', 'HEAD', 'DELETE'])('to %s', (method) => {
    it.each(rows)('%s [GW-40]', async (_what, answer) => {
      const listener = await listenerWith((outgoing) => {
        if (listener.came.at(-1)?.[1] !== '/end') return answer(outgoing);
        outgoing.writeHead(200, 'OK', ['Content-Length', String(END.length)]);
        outgoing.end(END, 'latin1');
      });
      const ours = await bytesOf(listener, plain(TARGET, method));
      const nodes = await bytesOf(listener, odd(TARGET, method));
      expect(ours).toBe(nodes);
      expect(listener.came.filter(([, target]) => target === TARGET).map(([way]) => way)).toEqual(['plain', 'node']);
    });
  });

  it.each([
    ['a line feed in a value', ['X-A', 'a\r\nX-B: c']],
    ['a field that is no name', ['X A', 'b']],
    ['a coding', ['Transfer-Encoding', 'chunked']],
    ['two lengths', ['Content-Length', '1', 'content-length', '2']],
  ])('a head with %s is thrown back, and not a byte of it leaves [GW-6]', async (_what, fields) => {
    let fault: unknown = null;
    const listener = await listenerWith((outgoing) => {
      try {
        outgoing.writeHead(200, 'OK', fields);
      } catch (error) {
        fault = error;
        ok(outgoing, 'plain');
      }
    });
    const client = await converse(listener.port);
    await client.write(plain());
    expect(await client.until((all) => all.endsWith('plain'))).not.toMatch(/X-B|X A|chunked|length: 2/);
    expect(fault).toBeInstanceOf(TypeError);
    client.end();
  });
});

describe('a client that does not read [GW-40]', () => {
  it('holds up its answer, which goes on when it reads', async () => {
    const piece = Buffer.alloc(1_048_576, 'x');
    const pieces = 32;
    let held = 0;
    const listener = await listenerWith((outgoing) => {
      outgoing.writeHead(200, 'OK', ['Content-Length', String(pieces * piece.length)]);
      let left = pieces;
      const more = (): void => {
        while (left > 0) {
          left -= 1;
          if (!outgoing.write(piece, 'latin1')) {
            held += 1;
            return void outgoing.once('drain', more);
          }
        }
        outgoing.end();
      };
      more();
    });
    const client = await converse(listener.port);
    client.pause();
    await client.write(plain());
    while (held === 0) await new Promise(setImmediate);
    client.resume();
    await client.untilReceived(pieces * piece.length);
    expect([ways(listener), held > 1]).toEqual([['plain'], true]);
    client.end();
  });
});

describe('the end of a connection', () => {
  it.each(['end', 'reset'] as const)('a client that leaves (%s) before its answer: whoever makes it is told [GW-41]', async (how) => {
    const listener = await listenerWith(() => undefined);
    const client = await converse(listener.port);
    await client.write(plain());
    while (listener.exchanges.length === 0) await new Promise(setImmediate);
    const outgoing = listener.exchanges[0]?.outgoing;
    const closed = new Promise<void>((resolve) => outgoing?.on('close', resolve));
    client[how]();
    await closed;
    expect([outgoing?.closed, outgoing?.writableFinished, outgoing?.socket]).toEqual([true, false, null]);
  });

  it('what comes behind an answer that has promised the end is nobody’s request [GW-6]', async () => {
    const held: Outgoing[] = [];
    const listener = await listenerWith((outgoing) => void held.push(outgoing));
    const starter = net.createServer().listen(0, '127.0.0.1');
    await once(starter, 'listening');
    const trigger = net.connect((starter.address() as AddressInfo).port, '127.0.0.1');
    const [triggered] = (await once(starter, 'connection')) as [net.Socket];
    const client = await converse(listener.port);
    await client.write(plain());
    while (held.length === 0) await new Promise(setImmediate);
    const answered = new Promise<void>((resolve) => {
      triggered.once('data', () => {
        held[0]?.setHeader('Connection', 'close');
        held[0]?.end();
        resolve();
      });
    });
    // It reads from the next turn on.
    await new Promise(setImmediate);
    // Both are there when the process looks next: what makes the answer first, then the request that must not be one.
    trigger.write('x');
    void client.write(plain());
    await answered;
    await client.untilClosed();
    expect(listener.came).toHaveLength(1);
    trigger.destroy();
    starter.close();
  });

  it('an answer that is over cuts nothing: the connection is another’s by then', async () => {
    const listener = await listenerWith();
    const client = await converse(listener.port);
    await client.write(plain());
    await client.until((text) => text.endsWith('plain'));
    listener.exchanges[0]?.outgoing.destroy();
    await client.write(plain());
    expect(answers(await client.until((text) => answers(text) === 2))).toBe(2);
    client.end();
  });

  it('a client that takes a large answer slowly is not silent [GW-52]', async () => {
    const clock = testClock();
    const piece = Buffer.alloc(33_554_432, 'x');
    const { server, port } = await listenerWith((outgoing) => {
      outgoing.writeHead(200, 'OK', ['Content-Length', String(piece.length)]);
      outgoing.end(piece);
    }, clock);
    server.timeout = 10 * LIMITS.plainSweepMs;
    const client = await converse(port);
    await client.write(plain());
    for (let taken = 1_048_576; taken < piece.length; taken += 4_194_304) {
      client.resume();
      await client.untilReceived(taken);
      client.pause();
      await clock.advance(server.timeout - LIMITS.plainSweepMs);
    }
    client.resume();
    await client.untilReceived(piece.length);
    expect(client.isClosed).toBe(false);
    client.end();
  });

  it.each(['end', 'reset'] as const)(
    'a client that has asked for more and leaves (%s): whoever makes its answer is told [GW-41]',
    async (how) => {
      const listener = await listenerWith(() => undefined);
      const client = await converse(listener.port);
      await client.write(plain());
      while (listener.exchanges.length === 0) await new Promise(setImmediate);
      const closed = new Promise<void>((resolve) => listener.exchanges[0]?.outgoing.on('close', resolve));
      for (let count = 0; count < 4; count += 1) {
        await client.write(plain());
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      client[how]();
      await closed;
      expect(listener.came).toHaveLength(1);
    },
  );

  it.each([
    ['bytes', Buffer.alloc(65_536, 'x'), 1_048_576],
    ['pieces', Buffer.from('x'), LIMITS.plainHeadBytesMax / 2],
  ])(
    'what a client sends before it has its answer waits unread past a bound, and all of it comes then: %s [GW-52]',
    async (_what, piece, readMax) => {
      const held: Outgoing[] = [];
      const listener = await listenerWith((outgoing, way) => (held.length === 0 ? void held.push(outgoing) : ok(outgoing, way)));
      const client = await converse(listener.port);
      await client.write(plain());
      while (held.length === 0) await new Promise(setImmediate);
      const { socket } = listener.exchanges[0]!.incoming;
      const length = 400 * piece.length;
      let sent = 0;
      void client.write(`POST ${TARGET} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
      for (; sent < length && !socket.isPaused(); sent += piece.length) {
        void client.write(piece);
        await new Promise(setImmediate);
      }
      expect([socket.isPaused(), socket.bytesRead < readMax]).toEqual([true, true]);
      void client.write(Buffer.alloc(length - sent, 'x'));
      if (held[0] !== undefined) ok(held[0], 'plain');
      await client.until((text) => answers(text) === 2);
      expect(ways(listener)).toEqual(['plain', 'node']);
      client.end();
    },
  );

  it('a connection that is closed is forgotten, and nothing is swept when the listener is closed', async () => {
    let isStopped = false;
    const clock: typeof systemClock = {
      ...systemClock,
      every(...task) {
        const stop = systemClock.every(...task);
        return () => {
          isStopped = true;
          stop();
        };
      },
    };
    const { server, port, exchanges } = await listenerWith(ok, clock);
    const client = await converse(port);
    await client.write(plain());
    await client.until((text) => text.endsWith('plain'));
    const { socket } = exchanges[0]!.incoming;
    const closed = once(socket, 'close');
    client.end();
    await closed;
    let isTouched = false;
    socket.destroy = () => {
      isTouched = true;
      return socket;
    };
    server.closeAllConnections();
    const ended = once(server, 'close');
    server.close();
    await ended;
    expect([isTouched, isStopped]).toEqual([false, true]);
  });

  it('a connection that is node:http’s has no listener of ours left', async () => {
    const listener = await listenerWith(() => undefined);
    const client = await converse(listener.port);
    await client.write(odd());
    while (listener.exchanges.length === 0) await new Promise(setImmediate);
    const { socket } = listener.exchanges[0]!.incoming;
    const counts = ['data', 'end', 'close', 'error', 'drain'].map((event) => socket.listenerCount(event));
    const bare = http.createServer();
    bare.on(
      'request',
      (incoming: http.IncomingMessage) => void (listener.exchanges[1] = { incoming, outgoing: listener.exchanges[0]!.outgoing }),
    );
    await once(bare.listen(0, '127.0.0.1'), 'listening');
    open.add(bare);
    const other = await converse((bare.address() as AddressInfo).port);
    await other.write(odd());
    while (listener.exchanges.length < 2) await new Promise(setImmediate);
    const bareSocket = listener.exchanges[1]!.incoming.socket;
    expect(counts).toEqual(['data', 'end', 'close', 'error', 'drain'].map((event) => bareSocket.listenerCount(event)));
    client.end();
    other.end();
  });

  it('who says nothing has as long as node:http gives for a head: 408 [GW-52]', async () => {
    const clock = testClock();
    const listener = await listenerWith(ok, clock);
    listener.server.headersTimeout = 50;
    const client = await converse(listener.port);
    while ((await connectionsOf(listener.server)) === 0) await new Promise(setImmediate);
    await clock.advance(LIMITS.plainSweepMs);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('who has had an answer and asks nothing more is let go after the time for that, and not before [GW-52]', async () => {
    const clock = testClock();
    const { port } = await listenerWith(ok, clock);
    const [idle, busy] = [await converse(port), await converse(port)];
    for (const client of [idle, busy]) {
      await client.write(plain());
      await client.until((text) => text.endsWith('plain'));
    }
    await clock.advance(LIMITS.keepAliveTimeoutMs - LIMITS.plainSweepMs);
    expect([idle.isClosed, busy.isClosed]).toEqual([false, false]);
    await busy.write(plain());
    await busy.until((text) => answers(text) === 2);
    await clock.advance(3 * LIMITS.plainSweepMs);
    await idle.untilClosed();
    expect(busy.isClosed).toBe(false);
    busy.end();
  });

  it('an answer that nobody makes, on a connection where nothing moves, ends with it [GW-52]', async () => {
    const clock = testClock();
    const { server, port, exchanges } = await listenerWith(() => undefined, clock);
    server.timeout = 10 * LIMITS.plainSweepMs;
    const client = await converse(port);
    await client.write(plain());
    while (exchanges.length === 0) await new Promise(setImmediate);
    await clock.advance(server.timeout);
    expect(client.isClosed).toBe(false);
    await clock.advance(2 * LIMITS.plainSweepMs);
    await client.untilClosed();
    expect(exchanges[0]?.outgoing.writableFinished).toBe(false);
  });

  it('when the listener ends, idle connections are closed, and one that is served keeps its answer, which says that it is the last', async () => {
    const held: Outgoing[] = [];
    const { server, port } = await listenerWith((outgoing, way) => (held.length === 0 ? void held.push(outgoing) : ok(outgoing, way)));
    const busy = await converse(port);
    await busy.write(plain());
    while (held.length === 0) await new Promise(setImmediate);
    const idle = await converse(port);
    await idle.write(plain());
    await idle.until((text) => text.endsWith('plain'));
    const ended = once(server, 'close');
    server.close();
    await idle.untilClosed();
    expect(busy.isClosed).toBe(false);
    if (held[0] !== undefined) ok(held[0], 'plain');
    expect(await busy.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\nplain$/);
    await ended;
  });

  it('what is cut off is cut off', async () => {
    const { server, port, exchanges } = await listenerWith(() => undefined);
    const client = await converse(port);
    await client.write(plain());
    while (exchanges.length === 0) await new Promise(setImmediate);
    server.closeAllConnections();
    expect(await client.untilClosed()).toBe('');
  });
});
