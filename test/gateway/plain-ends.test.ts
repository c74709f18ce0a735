// How answers wait, and how connections end, before which node:http has not stood.
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { LIMITS, systemClock } from '../../src/core/index.js';
import type { Outgoing } from '../../src/gateway/exchange.js';
import { testClock } from '../support/test-clock.js';
import { converse } from './conversation.js';
import { answers, connectionsOf, listenerWith, odd, ok, plain, TARGET, ways } from './plain-listener.js';

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
    const other = await converse((bare.address() as AddressInfo).port);
    await other.write(odd());
    while (listener.exchanges.length < 2) await new Promise(setImmediate);
    const bareSocket = listener.exchanges[1]!.incoming.socket;
    const bareCounts = ['data', 'end', 'close', 'error', 'drain'].map((event) => bareSocket.listenerCount(event));
    bare.closeAllConnections();
    bare.close();
    expect(counts).toEqual(bareCounts);
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
