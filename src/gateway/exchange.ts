// One request and its answer, with nothing attached to either: node:http's own pair, or that of a plain request (./plain/).
import { IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { HostError } from '../core/index.js';

/** What the line reads of a request's head. */
export interface Incoming {
  readonly method?: string | undefined;
  /** The target as it came. */
  readonly url?: string | undefined;
  readonly httpVersion: string;
  /** Flat names and values, as they came. */
  readonly rawHeaders: string[];
  /** By folded name, in Node's reading. */
  readonly headers: {
    readonly host?: string | undefined;
    readonly expect?: string | undefined;
    readonly upgrade?: string | undefined;
    readonly 'content-length'?: string | undefined;
    readonly 'transfer-encoding'?: string | undefined;
    readonly 'user-agent'?: string | undefined;
    readonly 'x-request-id'?: string | string[] | undefined;
  };
  /** Every value of each field, by folded name. */
  readonly headersDistinct: NodeJS.Dict<string[]>;
  readonly socket: Socket;
  /** The body has come to its end, or there is none. */
  readonly complete: boolean;
  /** Nothing more of it can be read. */
  readonly destroyed: boolean;
}

/** What the line does to an answer; node:http's ServerResponse does the same by these names. */
export interface Outgoing {
  statusCode: number;
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  readonly closed: boolean;
  /** Everything has been handed to the system. */
  readonly writableFinished: boolean;
  /** null: it is not this answer's turn, or it is over. */
  readonly socket: Socket | null;
  setHeader(name: string, value: string | number | readonly string[]): unknown;
  /** `fields`: flat names and values. */
  writeHead(status: number, reason: string, fields: string[]): unknown;
  flushHeaders(): void;
  /** False: no more until `drain`. */
  write(piece: Buffer | string, encoding: BufferEncoding): boolean;
  addTrailers(fields: readonly [string, string][]): void;
  end(piece?: Buffer | string, encoding?: BufferEncoding): unknown;
  /** Cuts the connection. */
  destroy(): unknown;
  on(event: 'close', listener: () => void): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
}

export interface Exchange {
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
}

/** One that node:http has read: with a body, perhaps, and for whoever serves with such objects. */
export interface NodeExchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Whether node:http has read it. */
export function isNodes(exchange: Exchange | NodeExchange): exchange is NodeExchange {
  return exchange.incoming instanceof IncomingMessage;
}

/** The same with node:http's objects. Throws HostError platform.unexpected for a plain request, which has gone where it never should. */
export function nodeExchange(exchange: Exchange | NodeExchange): NodeExchange {
  if (isNodes(exchange)) return exchange;
  throw new HostError('platform.unexpected', { detail: 'A plain request came to a place that takes node:http’s alone.' });
}

/** Whether the client has left already: what has been closed tells nobody of it a second time. */
export function isGone({ outgoing }: Exchange): boolean {
  return outgoing.destroyed || outgoing.closed;
}
