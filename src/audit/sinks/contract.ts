// What a sink is: a way by which records leave the trail for somebody else's tool. The spool is its queue, so nothing waits in memory and
// nothing is lost while a receiver is away [AUD-2, AUD-22].
import type { AuditRecord } from '../contract.js';

export type SinkFormat = 'json' | 'cef' | 'ocsf';

/** `required`: no decision has an effect before this sink has acknowledged its record. */
export type SinkMode = 'required' | 'best-effort';

interface SinkCommon {
  /** Names the sink in the log, and its cursor's file. */
  readonly name: string;
  readonly mode: SinkMode;
  readonly format: SinkFormat;
  /** Milliseconds for one delivery. */
  readonly timeoutMs: number;
}

/** Lines in a file, which is put aside by size and age; so many of those are kept. */
export interface FileSink extends SinkCommon {
  readonly kind: 'file';
  readonly path: string;
  readonly rotateBytes: number;
  readonly rotateHours: number;
  readonly keepFiles: number;
}

/** RFC 5424 over TCP with octet counting (RFC 6587 §3.4.1), or over TLS (RFC 5425). */
export interface SyslogSink extends SinkCommon {
  readonly kind: 'syslog';
  readonly address: { readonly isTls: boolean; readonly host: string; readonly port: number };
  /** A file of certificates that are trusted instead of the system's. */
  readonly ca: string | null;
}

/** Signed POST requests, one batch each. */
export interface WebhookSink extends SinkCommon {
  readonly kind: 'webhook';
  readonly url: string;
  readonly secret: { reveal(): string };
}

export type SinkOptions = FileSink | SyslogSink | WebhookSink;

/** Records that go together, the oldest first. */
export interface SinkBatch {
  readonly records: readonly AuditRecord[];
  /** The same for the same records whenever they are sent again. */
  readonly id: string;
}

/** The other end. A method that rejects is called again later, with the same records or with more of those before. */
export interface Receiver {
  /** Resolves when the batch is handed over; where there is no `confirm`, when it is acknowledged. */
  send(batch: SinkBatch, signal: AbortSignal): Promise<void>;
  /** For protocols without acknowledgement: resolves when the receiver has everything that was sent. */
  readonly confirm?: (signal: AbortSignal) => Promise<void>;
  /** True once what was handed over may be lost; until the next `send`. */
  readonly isBroken?: () => boolean;
  close(): Promise<void>;
}
