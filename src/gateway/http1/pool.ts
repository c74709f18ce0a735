// The connections to one upstream: kept, used again, opened up to a bound, and waited for in line.
import type { Socket } from 'node:net';
import { type Cancel, type Clock, LIMITS } from '../../core/index.js';
import { Connection, type ConnectionOwner, type Errand, type Receiver, type SilenceBounds, type UpstreamRequest } from './connection.js';

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
  readonly #waiting = new Set<Errand>();
  readonly #carrying = new WeakMap<Errand, Connection>();
  #opening = 0;
  #stopSweeping: Cancel | null = null;
  #whenEmpty: (() => void) | null = null;
  #isClosing = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Sends a request, at once or when a connection is free. The receiver is told everything, a failure too. */
  send(request: UpstreamRequest, receiver: Receiver): Sent {
    const errand: Errand = { request, receiver };
    const free = this.#takeIdle();
    if (free === null) {
      this.#waiting.add(errand);
      this.#openForWaiting();
    } else this.#start(free, errand);
    return {
      resume: () => this.#carrying.get(errand)?.resume(),
      abort: () => this.#abort(errand),
    };
  }

  /** Resolves when what runs and waits is done; nothing new is to be sent. */
  close(): Promise<void> {
    this.#isClosing = true;
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
      for (const connection of this.#idle.splice(0)) connection.end();
      this.#tellEmpty();
    });
  }

  /** Closes every connection at once. */
  async destroy(): Promise<void> {
    const closed = this.close();
    const error = new Error('the gateway closes its connections');
    for (const { receiver } of this.#takeWaiting()) receiver.failed(error);
    for (const connection of this.#connections) connection.destroy(error);
    await closed;
  }

  idle(connection: Connection): void {
    const next = this.#waiting.values().next().value;
    if (next !== undefined) this.#start(connection, next);
    else if (this.#isClosing) connection.end();
    else this.#idle.push(connection);
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

  #start(connection: Connection, errand: Errand): void {
    this.#waiting.delete(errand);
    this.#carrying.set(errand, connection);
    try {
      connection.carry(errand);
    } catch (error) {
      // Nothing was written: the connection is as it was.
      this.#carrying.delete(errand);
      errand.receiver.failed(error);
      this.idle(connection);
    }
  }

  #abort(errand: Errand): void {
    if (this.#waiting.delete(errand)) return;
    const connection = this.#carrying.get(errand);
    if (connection?.carries(errand) === true) connection.abandon();
  }

  /** One connection for each that waits, within the bound. */
  #openForWaiting(): void {
    while (this.#opening < this.#waiting.size && this.#connections.size + this.#opening < LIMITS.upstreamConnectionsMax) this.#open();
  }

  #open(): void {
    this.#opening += 1;
    const connection = new Connection(this, this.#options.bounds);
    this.#options.openSocket(
      (bytes) => connection.received(bytes),
      (error, socket) => {
        this.#opening -= 1;
        if (error !== null || socket === null) return this.#notOpened(error);
        connection.attach(socket);
        this.#connections.add(connection);
        this.#stopSweeping ??= this.#sweepRegularly();
        this.idle(connection);
      },
    );
  }

  /** Whoever has waited longest is told; the others have a connection on its way each, or get one. */
  #notOpened(error: unknown): void {
    const errand = this.#waiting.values().next().value;
    if (errand !== undefined) {
      this.#waiting.delete(errand);
      errand.receiver.failed(error);
    }
    this.#openForWaiting();
    this.#tellEmpty();
  }

  #sweepRegularly(): Cancel {
    const passedMs = LIMITS.upstreamSweepMs;
    const sweep = (): void => {
      for (const connection of this.#connections) connection.sweep(passedMs);
    };
    return this.#options.clock.every(passedMs, sweep, () => undefined);
  }

  #takeWaiting(): Errand[] {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    return waiting;
  }

  #tellEmpty(): void {
    if (this.#connections.size + this.#opening > 0) return;
    this.#stopSweeping?.();
    this.#stopSweeping = null;
    if (this.#isClosing && this.#waiting.size === 0) this.#whenEmpty?.();
  }
}
