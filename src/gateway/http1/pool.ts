// The connections to one upstream: kept, used again, opened up to a bound, and waited for in line.
import type { Socket } from 'node:net';
import { type Cancel, type Clock, LIMITS } from '../../core/index.js';
import { Connection, type ConnectionOwner, Errand, type Receiver, type SilenceBounds, type UpstreamRequest } from './connection.js';

/** Connects; `read` is to be called with all that comes, whose bytes are the caller's again afterwards. */
export type OpenSocket = (read: (bytes: Buffer) => void, done: (error: Error | null, socket: Socket | null) => void) => void;

export interface PoolOptions {
  readonly openSocket: OpenSocket;
  readonly bounds: SilenceBounds;
  readonly clock: Clock;
}

/** A request that was sent, or waits. */
export interface Sent {
  /** The client takes more of the answer again. */
  resume(): void;
  /** Nobody wants the answer any more: its connection is closed, and its receiver is told nothing. */
  abort(): void;
}

export class Pool implements ConnectionOwner {
  readonly #options: PoolOptions;
  readonly #connections = new Set<Connection>();
  /** The last to be used is the first to be used again, so that the others can go. */
  readonly #idle: Connection[] = [];
  /** Those whose answer ended in this turn. */
  #resting: Connection[] = [];
  readonly #waiting = new Set<Errand>();
  #opening = 0;
  #stopSweeping: Cancel | null = null;
  #whenEmpty: (() => void) | null = null;
  /** null: it is open. */
  #closing: Promise<void> | null = null;
  #isDestroyed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Sends a request, at once or when a connection is free. The receiver is told everything, a failure too. */
  send(request: UpstreamRequest, receiver: Receiver): Sent {
    const errand = new Errand(request, receiver, this.#waiting);
    const free = this.#takeIdle();
    if (free !== null) {
      if (!start(free, errand)) this.#serve(free);
    } else if (this.#isDestroyed) errand.fail(closed());
    else {
      this.#waiting.add(errand);
      this.#openForWaiting();
    }
    return errand;
  }

  /** Resolves when what runs and waits is done; nothing new is to be sent. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => (this.#whenEmpty = resolve));
    for (const connection of this.#idle.splice(0)) connection.end();
    this.#tellEmpty();
    return this.#closing;
  }

  /** Closes every connection at once. */
  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const errand of waiting) errand.fail(closed());
    for (const connection of this.#connections) connection.destroy(closed());
    await this.close();
  }

  /** In the next turn: what stood behind the answer may be read in this one, and must not be taken for the answer to another request. */
  idle(connection: Connection): void {
    if (this.#resting.push(connection) === 1) setImmediate(this.#serveRested);
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#openForWaiting();
    this.#tellEmpty();
  }

  #takeIdle(): Connection | null {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.isUsable) return connection;
    }
    return null;
  }

  readonly #serveRested = (): void => {
    const rested = this.#resting;
    this.#resting = [];
    for (const connection of rested) this.#serve(connection);
    this.#openForWaiting();
  };

  /** It can be used: by whoever has waited longest, or later. */
  #serve(connection: Connection): void {
    while (connection.isUsable) {
      const next = this.#takeWaiting();
      if (next === null) {
        if (this.#closing === null) this.#idle.push(connection);
        else connection.end();
        return;
      }
      if (start(connection, next)) return;
    }
  }

  #takeWaiting(): Errand | null {
    const next = this.#waiting.values().next().value;
    if (next === undefined) return null;
    this.#waiting.delete(next);
    return next;
  }

  /** Whether there are more that wait than connections that will be theirs. */
  #lacksConnections(): boolean {
    return this.#opening + this.#resting.length < this.#waiting.size;
  }

  /** One connection for each that waits, within the bound. */
  #openForWaiting(): void {
    while (this.#lacksConnections() && this.#connections.size + this.#opening < LIMITS.upstreamConnectionsMax) this.#open();
  }

  #open(): void {
    this.#opening += 1;
    const connection = new Connection(this, this.#options.bounds);
    const read = (bytes: Buffer): void => connection.received(bytes);
    try {
      this.#options.openSocket(read, (error, socket) => {
        this.#opening -= 1;
        if (error === null && socket !== null) return this.#opened(connection, socket);
        this.#failWaiting(error);
        this.#openForWaiting();
        this.#tellEmpty();
      });
    } catch (error) {
      this.#opening -= 1;
      this.#failWaiting(error);
    }
  }

  #opened(connection: Connection, socket: Socket): void {
    connection.attach(socket);
    this.#connections.add(connection);
    this.#stopSweeping ??= this.#sweepRegularly();
    this.#serve(connection);
  }

  /** Whoever has waited longest is told, unless each has another connection on its way. */
  #failWaiting(error: unknown): void {
    if (this.#lacksConnections()) this.#takeWaiting()?.fail(error);
  }

  #sweepRegularly(): Cancel {
    const { clock } = this.#options;
    let sweptAt = clock.monotonicMs();
    const sweep = (): void => {
      const now = clock.monotonicMs();
      const passedMs = now - sweptAt;
      sweptAt = now;
      for (const connection of this.#connections) connection.sweep(passedMs);
    };
    return clock.every(LIMITS.upstreamSweepMs, sweep, () => undefined);
  }

  #tellEmpty(): void {
    // What is on its way when all is closed at once is closed when it arrives; nobody waits for that.
    if (this.#connections.size > 0 || (this.#opening > 0 && !this.#isDestroyed)) return;
    this.#stopSweeping?.();
    this.#stopSweeping = null;
    if (this.#closing !== null && this.#waiting.size === 0) this.#whenEmpty?.();
  }
}

/** Whether it was sent; else its receiver was told, and the connection is as it was. */
function start(connection: Connection, errand: Errand): boolean {
  try {
    connection.carry(errand);
    return true;
  } catch (error) {
    errand.fail(error);
    return false;
  }
}

const closed = (): Error => new Error('the gateway closes its connections');
