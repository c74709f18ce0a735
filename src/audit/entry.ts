// The lines of the spool: their shape, the one place where a line is made, and how one is read again. docs/audit.md documents it.
import type { CredentialFault, Instant } from '../core/index.js';
import type { AuditRecord } from './contract.js';

/**
 * `segment` begins a file; `open`, `act` and `login` begin a record, `close` ends one; `malformed` is a record by itself.
 * `checkpoint` signs everything before it and is no part of any record [AUD-4]. */
export type EntryKind = 'segment' | 'open' | 'act' | 'login' | 'malformed' | 'close' | 'checkpoint';

/** One line, read again. What is absent is null, false for `counts`, true for the two `in…` marks. */
export interface Entry {
  readonly v: 1;
  readonly seq: number;
  readonly e: EntryKind;
  /** The record's id; the spool's in a `segment` and a `checkpoint`. */
  readonly id: string;
  readonly at: Instant;
  readonly requestId?: string;
  readonly decision?: 'permit' | 'deny';
  readonly actor?: string;
  readonly userKey?: string;
  readonly system?: string;
  readonly tokenRef?: string;
  /** A token was accepted, so this is a use of it, whatever was decided [WOM-15]. */
  readonly counts?: true;
  readonly fault?: CredentialFault;
  readonly credentialDigest?: string;
  readonly method?: string;
  readonly path?: string;
  readonly queryNames?: readonly string[];
  readonly clientAddress?: string;
  readonly peer?: string;
  readonly userAgent?: string;
  readonly rule?: string;
  readonly statement?: string;
  readonly code?: string;
  readonly flags?: readonly string[];
  readonly inProductLog?: false;
  readonly inUsageDetails?: false;
  readonly action?: string;
  readonly detail?: NonNullable<AuditRecord['detail']>;
  readonly count?: number;
  readonly status?: number;
  /** `close`: the sequence of the entry it ends. */
  readonly of?: number;
  readonly outcome?: AuditRecord['outcome'];
  readonly durationMs?: number;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  /** `segment`: its number, the node, and what was open when it began, so that a start reads the last segment only. */
  readonly segment?: number;
  readonly node?: string;
  readonly open?: readonly (readonly [id: string, sequence: number])[];
  /** Hash of the line before; absent in what versions before the chain wrote [AUD-4]. */
  readonly prev?: string;
  /** `checkpoint`: the site's key and its signature. */
  readonly key?: string;
  readonly sig?: string;
}

/** Every line of every spool is made here, but for its line feed; `previous` is the hash of the line before [AUD-4]. ASCII only. */
export function sealLine(sequence: number, body: string, previous: string): string {
  return `{"v":1,"seq":${sequence},${body},"prev":"${previous}"}`;
}

/** Whether an entry begins a record: what is no part of one, readers pass over. */
export function beginsRecord(kind: string): kind is 'open' | 'act' | 'login' | 'malformed' {
  return kind === 'open' || kind === 'act' || kind === 'login' || kind === 'malformed';
}

/** What every line begins with. Ids are ours and hold nothing that needs an escape. */
const HEAD = /^\{"v":1,"seq":(\d{1,16}),"e":"([a-z]+)","id":"([^"\\]*)",/;

/** The beginning of a line that is whole, without parsing the rest; null for a torn or foreign one. */
export function readHead(line: string): { readonly seq: number; readonly e: string; readonly id: string } | null {
  const found = HEAD.exec(line);
  if (found === null || !line.endsWith('}') || line.includes('\0')) return null;
  return { seq: Number(found[1]), e: found[2] as string, id: found[3] as string };
}

/** The whole line; null when it is none of ours. */
export function readEntry(line: string): Entry | null {
  if (readHead(line) === null) return null;
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return null;
  }
}
