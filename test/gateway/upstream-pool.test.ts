// The connections to one upstream: bounded, with a line before them in which nobody waits for ever, and nothing of one on another.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import v8 from 'node:v8';
import vm from 'node:vm';
import { Readable } from 'node:stream';
import { LIMITS } from '../../src/core/index.js';
import type { OpenSocket } from '../../src/gateway/http1/pool.js';
import { openUpstream } from '../../src/gateway/upstream.js';
import { openWorld, settle, type Told, type World } from './upstream-peer.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const ANSWERED = ['head 200', 'body ok', 'end'];
const MOST = LIMITS.upstreamConnectionsMax;
const worlds: World[] = [];
async function open(...options: Parameters<typeof openWorld>): Promise<World> {
  const world = await openWorld(...options);
  worlds.push(world);
  return world;
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

/** The usual way to connect, stopped before its end until the test lets it go on or fail. */
function stoppable(): { readonly wrap: (usual: OpenSocket) => OpenSocket; readonly attempts: ((error?: Error) => void)[] } {
  const attempts: ((error?: Error) => void)[] = [];
  const wrap =
    (usual: OpenSocket): OpenSocket =>
    (read, done) => {
      attempts.push((error) => (error === undefined ? usual(read, done) : done(error, null)));
    };
  return { wrap, attempts };
}
const refused = (): Error => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

describe('the line before the connections', () => {
  it('begins where there are as many as may be, keeps its order, and goes on with each that is free or lost [GW-52, GW-40]', async () => {
    const world = await open();
    const done: number[] = [];
    const ask = (number: number): Told => {
      const told = world.ask({ target: `/${number}` });
      told.on = (what) => void (what === 'end' && done.push(number));
      return told;
    };
    const first = Array.from({ length: MOST }, (_, index) => ask(index));
    await world.peer(MOST - 1);
    await Promise.all(world.peers.map((peer) => peer.asked()));
    const late = Array.from({ length: 6 }, (_, index) => ask(MOST + index));
    late[1]?.sent?.abort();
    await settle();
    expect(world.peers).toHaveLength(MOST);
    const freed = world.peers[7]!;
    const targets = (): string[] => [...freed.received.matchAll(/GET \/(\d+)/g)].map(([, number = '']) => number).slice(1);
    for (let count = 1; count <= 3; count += 1) {
      freed.send(OK);
      await freed.asked(count + 1);
    }
    expect(targets()).toEqual([MOST, MOST + 2, MOST + 3].map(String));
    // A connection that dies makes room for another.
    world.peers[9]?.socket.resetAndDestroy();
    const another = await world.peer(MOST);
    await another.asked();
    expect(another.received).toContain(`GET /${MOST + 4} `);
    // One that its client has given up, too.
    first[11]?.sent?.abort();
    const third = await world.peer(MOST + 1);
    await third.asked();
    expect(third.received).toContain(`GET /${MOST + 5} `);
    for (const peer of world.peers) peer.send(OK);
    await Promise.all(
      [...first.filter((_told, index) => index !== 11), ...late.filter((_told, index) => index !== 1)].map((told) => told.over),
    );
    expect(done).toHaveLength(MOST + 6 - 3);
    expect([late[1]?.all, first[11]?.all, first[9]?.text]).toEqual([[], [], 'failed ECONNRESET']);
  });

  it('is told, each of them, when no connection can be made [GW-41]', async () => {
    const { wrap, attempts } = stoppable();
    const world = await open(wrap);
    const all = Array.from({ length: MOST + 100 }, () => world.ask());
    expect(attempts).toHaveLength(MOST);
    for (let index = 0; index < attempts.length; index += 1) attempts[index]?.(refused());
    expect(all.every((told) => told.text === 'failed ECONNREFUSED')).toBe(true);
    expect(attempts).toHaveLength(MOST + 100);
    const told = world.ask();
    attempts.at(-1)?.();
    const peer = await world.peer(0);
    peer.send(OK);
    await told.over;
    expect(told.all).toEqual(ANSWERED);
  });

  it('loses nobody to a connection that fails while there is another on its way for each [GW-41]', async () => {
    const { wrap, attempts } = stoppable();
    const world = await open(wrap);
    const [first, second] = [world.ask(), world.ask()];
    first.sent?.abort();
    attempts[0]?.(refused());
    expect([first.all, second.all]).toEqual([[], []]);
    attempts[1]?.();
    const peer = await world.peer(0);
    peer.send(OK);
    await second.over;
    expect(second.all).toEqual(ANSWERED);
  });

  it('a way to connect that throws fails the request, and leaves nothing behind [GW-41]', async () => {
    let isBroken = true;
    const world = await open((usual) => (read, done) => {
      if (isBroken) throw new Error('no such authority');
      usual(read, done);
    });
    expect(world.ask().all).toEqual(['failed no such authority']);
    isBroken = false;
    const told = world.ask();
    const peer = await world.peer(0);
    peer.send(OK);
    await told.over;
    expect(told.all).toEqual(ANSWERED);
  });

  it('a request that cannot be written fails alone: those behind it have its connection [GW-6]', async () => {
    const { wrap, attempts } = stoppable();
    const world = await open(wrap);
    const bad = Array.from({ length: 4_000 }, () => world.ask({ target: '/ HTTP/1.1\r\n\r\n' }));
    const good = world.ask();
    attempts[0]?.();
    const peer = await world.peer(0);
    await peer.asked();
    peer.send(OK);
    await good.over;
    expect(new Set(bad.map((told) => told.text))).toEqual(new Set(['failed a request line with characters that it may not have']));
    expect([good.all, peer.received]).toEqual([ANSWERED, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n']);
  });

  it('a client that gives up while it waits, or while its connection is made, is told nothing [GW-41]', async () => {
    const { wrap, attempts } = stoppable();
    const world = await open(wrap);
    const told = world.ask();
    told.sent?.abort();
    attempts[0]?.();
    const peer = await world.peer(0);
    const next = world.ask();
    await peer.asked();
    peer.send(OK);
    await next.over;
    expect([told.all, next.all]).toEqual([[], ANSWERED]);
  });

  it('nobody in it gets what stood behind the answer to another [GW-40]', async () => {
    const world = await open();
    const first = Array.from({ length: MOST }, () => world.ask());
    await world.peer(MOST - 1);
    const waiting = world.ask();
    const peer = world.peers[0]!;
    await peer.asked();
    // More than is read at once, so that its end comes by itself: the forged answer is read in the turn in which the line moves on.
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: ';
    const length = LIMITS.upstreamReadBytes - head.length - 5 - 4;
    peer.send(`${head}${length}\r\n\r\n${'x'.repeat(length)}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`);
    await peer.closed();
    const another = await world.peer(MOST);
    await another.asked();
    another.send(OK);
    await waiting.over;
    expect(waiting.all).toEqual(ANSWERED);
    expect(first.filter((told) => told.all.length > 0)).toHaveLength(1);
  });

  it('a request made in the moment in which another ends has a connection, and the other’s is used again [GW-40]', async () => {
    const world = await open();
    const told = world.ask();
    let next: Told | null = null;
    told.on = (what) => void (what === 'end' && (next = world.ask()));
    const peer = await world.peer(0);
    await peer.asked();
    peer.send(OK);
    await told.over;
    await peer.asked(2);
    peer.send(OK);
    await next!.over;
    expect(next!.all).toEqual(ANSWERED);
  });
});

describe('back-pressure', () => {
  it('is the one exchange’s whose client is slow: what another’s client does later moves it not [GW-40]', async () => {
    const world = await open();
    const first = world.ask();
    first.takes = false;
    const peer = await world.peer(0);
    await peer.asked();
    peer.send(OK);
    await first.over;
    const second = world.ask();
    second.takes = false;
    await peer.asked(2);
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n`);
    const piece = 'x'.repeat(1_048_576);
    for (let count = 0; count < 40; count += 1) peer.send(piece);
    await settle();
    const { bytes } = second;
    for (let count = 0; count < 20; count += 1) {
      first.sent?.resume();
      await settle();
    }
    expect([second.bytes, bytes > 0]).toEqual([bytes, true]);
    second.sent?.resume();
    await settle();
    expect(second.bytes).toBeGreaterThan(bytes);
    second.sent?.abort();
  });
});

describe('the end of a pool', () => {
  it('in order: what runs, waits and connects is carried to its end, and asking twice is asking once [GW-43]', async () => {
    const { wrap, attempts } = stoppable();
    const world = await open(wrap);
    const [running, connecting] = [world.ask(), world.ask()];
    attempts[0]?.();
    const peer = await world.peer(0);
    await peer.asked();
    const ends = [world.pool.close(), world.pool.close()];
    peer.send(OK);
    await running.over;
    attempts[1]?.();
    for (const one of [peer, await world.peer(1)]) if (one.received.split('GET').length > 1) one.send(OK);
    await connecting.over;
    await Promise.all(ends);
    expect([running.all, connecting.all]).toEqual([ANSWERED, ANSWERED]);
    await Promise.all(world.peers.map((one) => one.closed()));
  });

  it('at once: what runs, waits and connects is told so, and nothing is left open [GW-41]', async () => {
    const { wrap, attempts } = stoppable();
    const world = await open(wrap);
    const idle = world.ask();
    attempts[0]?.();
    const peer = await world.peer(0);
    await peer.asked();
    peer.send(OK);
    await idle.over;
    const [running, connecting] = [world.ask(), world.ask()];
    await peer.asked(2);
    const ended = world.pool.destroy();
    const failed = ['failed the gateway closes its connections'];
    expect([running.all, connecting.all, world.ask().all]).toEqual([failed, failed, failed]);
    await ended;
    attempts[1]?.();
    await world.peer(1);
    await Promise.all(world.peers.map((one) => one.closed()));
  });
});

describe('what is kept', () => {
  it('no listener of a request stays on its connection [GW-40]', async () => {
    let socket: Socket | null = null;
    const world = await open((usual) => (read, done) => usual(read, (error, opened) => done(error, (socket = opened))));
    const counts = new Set<string>();
    for (let count = 1; count <= 30; count += 1) {
      const body = Readable.from([Buffer.alloc(200_000), Buffer.alloc(200_000)]);
      const told = world.ask({ method: 'POST', headers: ['Content-Length', '400000'], body });
      const peer = await world.peer(0);
      await peer.asked(count);
      while (peer.received.length < 400_000 * count) await settle();
      peer.send(OK);
      await told.over;
      const opened = socket as Socket | null;
      counts.add(JSON.stringify(opened?.eventNames().map((name) => [String(name), opened.listenerCount(name)])));
    }
    expect([counts.size, world.peers.length]).toEqual([1, 1]);
  });

  it('an idle connection holds nothing of the exchange before: not its receiver, its body nor its request [GW-60]', async () => {
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    const world = await open();
    const ask = async (): Promise<WeakRef<object>[]> => {
      const body = Readable.from([Buffer.from('0123456789')]);
      const told = world.ask({ method: 'POST', headers: ['Content-Length', '10'], body });
      const peer = await world.peer(0);
      await peer.until(() => peer.received.endsWith('0123456789'));
      peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n');
      await told.over;
      return [new WeakRef(told), new WeakRef(body), new WeakRef(told.sent!)];
    };
    const refs = await ask();
    for (let turn = 0; turn < 5; turn += 1) {
      await settle();
      collect();
    }
    expect(refs.map((ref) => ref.deref() === undefined)).toEqual([true, true, true]);
  });
});

describe('the buffer into which all bare connections read', () => {
  it('carries no byte of one answer into another, large and small ones at once [GW-40]', async () => {
    const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    const sizes = [0, 1, 100, 12_287, 12_288, 12_289, 65_535, 65_536, 65_537, 700_001, 3_000_000];
    const bodyOf = (number: number): Buffer => {
      const body = Buffer.alloc(sizes[number % sizes.length] ?? 0);
      for (let index = 0; index < body.length; index += 1) body[index] = (index * (number + 1) + (index >> 8) * 31 + number) & 0xff;
      return body;
    };
    const server = createServer((incoming, outgoing) => {
      const number = Number(incoming.url?.slice(1));
      const body = bodyOf(number);
      // Every other one in chunks, and all in pieces of odd sizes.
      if (number % 2 === 0) outgoing.setHeader('Content-Length', body.length);
      for (let from = 0, size = 1 + number; from < body.length; from += size, size = (size * 7) % 50_021)
        outgoing.write(body.subarray(from, from + size));
      outgoing.end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const upstream = openUpstream(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), {
      connectMs: 5_000,
      headersMs: 30_000,
      bodyMs: 30_000,
    });
    const fetch = (number: number): Promise<string> =>
      new Promise((resolve, reject) => {
        const pieces: (Buffer | string)[] = [];
        upstream.send(
          { method: 'GET', target: `/${number}`, headers: ['Host', 'a'], body: null },
          {
            interim() {},
            head() {},
            body: (piece) => pieces.push(piece) > 0,
            paused: () => true,
            // Kept until here: whoever gave a view of the shared bytes would be found out.
            end: () =>
              resolve(sha256(Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece))))),
            failed: reject,
          },
        );
      });
    const numbers = Array.from({ length: 110 }, (_, index) => index);
    expect(await Promise.all(numbers.map(fetch))).toEqual(numbers.map((number) => sha256(bodyOf(number))));
    await upstream.close();
    server.close();
  });
});
