// Both ends of an upstream's connections in the hands of a test: what a request is told, and what the upstream gets and sends, byte for byte.
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { Pool, type PoolOptions, type Sent } from '../../src/gateway/http1/pool.js';
import type { Receiver, SilenceBounds, UpstreamRequest } from '../../src/gateway/http1/connection.js';
import { LIMITS } from '../../src/core/index.js';
import { type TestClock, testClock } from '../support/test-clock.js';

/** One connection as the upstream sees it. */
export class Peer {
  readonly socket: net.Socket;
  received = '';
  isClosed = false;
  readonly #watchers = new Set<() => void>();

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => this.#look(() => (this.received += bytes.toString('latin1'))));
    // Both the FIN and what ends it otherwise.
    for (const event of ['end', 'close']) socket.on(event, () => this.#look(() => (this.isClosed = true)));
  }

  #look(change: () => void): void {
    change();
    for (const watcher of this.#watchers) watcher();
  }

  async until(isTrue: () => boolean): Promise<void> {
    if (isTrue()) return;
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!isTrue()) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  /** When so many heads have come. */
  async asked(count = 1): Promise<void> {
    await this.until(() => this.received.split('\r\n\r\n').length > count);
  }

  async closed(): Promise<void> {
    await this.until(() => this.isClosed);
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }
}

/** A request as it was told: 'head 200', 'body …', 'end', 'failed CODE'. */
export class Told implements Receiver {
  readonly all: string[] = [];
  bytes = 0;
  sent: Sent | null = null;
  /** Whether it takes more. */
  takes = true;
  /** Called with each entry when it has been noted. */
  on: (what: string) => void = () => undefined;
  readonly over: Promise<void>;
  #finish: () => void = () => undefined;

  constructor() {
    this.over = new Promise((resolve) => (this.#finish = resolve));
  }

  get text(): string {
    return this.all.join(' ');
  }

  interim(status: number): void {
    this.#tell(`interim ${status}`);
  }

  head(status: number): void {
    this.#tell(`head ${status}`);
  }

  body(piece: Buffer | string): boolean {
    this.bytes += piece.length;
    this.#tell(piece.length > 100 ? `body of ${piece.length}` : `body ${piece.toString()}`);
    return this.takes;
  }

  paused(): boolean {
    this.on('paused');
    return this.takes;
  }

  end(trailers: string[]): void {
    this.#tell(['end', ...trailers].join(' '));
    this.#finish();
  }

  failed(error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    this.#tell(`failed ${code ?? message}`);
    this.#finish();
  }

  #tell(what: string): void {
    this.all.push(what);
    this.on(what);
  }
}

export interface World {
  readonly pool: Pool;
  readonly clock: TestClock;
  /** Every connection so far, in their order. */
  readonly peers: readonly Peer[];
  readonly port: number;
  /** The connection with this number, when it is there. */
  peer(index: number): Promise<Peer>;
  ask(request?: Partial<Asked>): Told;
  close(): Promise<void>;
}

export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: Readable | null;
}

export const BOUNDS: SilenceBounds = { headersMs: 5_000, bodyMs: 2_000, idleMs: LIMITS.upstreamKeepAliveMs };

/** An upstream and a pool of connections to it. `openSocket`: made from the usual one. */
export async function openWorld(wrap: (usual: PoolOptions['openSocket']) => PoolOptions['openSocket'] = (usual) => usual): Promise<World> {
  const peers: Peer[] = [];
  const arrivals = new Set<() => void>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    peers.push(new Peer(socket));
    for (const arrival of arrivals) arrival();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const buffer = Buffer.allocUnsafeSlow(LIMITS.upstreamReadBytes);
  const openSocket: PoolOptions['openSocket'] = (read, done) => {
    const callback = (count: number): boolean => {
      read(buffer.subarray(0, count));
      return true;
    };
    const socket = net.connect({ port, host: '127.0.0.1', onread: { buffer, callback } });
    socket.once('error', (error) => void (socket.connecting && done(error, null)));
    socket.once('connect', () => done(null, socket));
  };
  const clock = testClock();
  const pool = new Pool({ openSocket: wrap(openSocket), bounds: BOUNDS, clock });
  return {
    pool,
    clock,
    peers,
    port,
    async peer(index) {
      while (peers.length <= index) {
        await new Promise<void>((resolve) => {
          const arrival = (): void => {
            arrivals.delete(arrival);
            resolve();
          };
          arrivals.add(arrival);
        });
      }
      return peers[index]!;
    },
    ask(request = {}) {
      const told = new Told();
      const whole: UpstreamRequest = { method: 'GET', target: '/', headers: ['Host', 'a'], body: null, ...request };
      told.sent = pool.send(whole, told);
      return told;
    },
    async close() {
      await pool.destroy();
      for (const { socket } of peers) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What is under way on the loopback has arrived after so many turns of the loop, and of the system's timer. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A small answer … */
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
/** … and what whoever asked is told of it. */
export const ANSWERED = ['head 200', 'body ok', 'end'];

/** A body that the test pushes. */
export const upload = (): Readable => new Readable({ read() {} });

/** A request with a body of a length. */
export const sized = (length: number | string): { method: string; headers: string[] } => ({
  method: 'POST',
  headers: ['Host', 'a', 'Content-Length', String(length)],
});

/** Gives the whole of an answer to the next request on a connection. */
export async function answerOn(world: World, peer: number, told: Told, count: number, answer = OK): Promise<void> {
  const one = await world.peer(peer);
  await one.asked(count);
  one.send(answer);
  await told.over;
  // It rests for a turn.
  await settle();
}
