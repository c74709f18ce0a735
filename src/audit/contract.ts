// What the audit trail promises to the rest of the house, and the shapes it writes.
import type { CanonicalRequest, CredentialFault, Decision, ErrorCode, Identity, Instant, OpenedUse, SpoolPosition } from '../core/index.js';
import type { ActRecorder, RecordMarks } from '../plugin-kit/contract.js';

/** How a recorded request ended. */
export interface Outcome {
  /** `forwarded`: the upstream answered; `served`: Postern itself answered; `refused`: 401 or 403 and the like; `failed`: 5xx of ours; `aborted`: the client went away. */
  readonly kind: 'forwarded' | 'served' | 'refused' | 'failed' | 'aborted';
  readonly status: number;
  readonly code: ErrorCode | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** A decision that is durably recorded and not yet closed. */
export interface OpenEntry {
  /** Records how it ended. Never throws and never makes the caller wait for the disk. */
  close(outcome: Outcome): void;
}

/** The trail: nothing happens that it has not taken first [AUD-2, GW-30]. */
export interface Trail extends ActRecorder {
  /** Resolves when the decision is durable; throws HostError audit.unavailable when it could not be made so in time. */
  open(request: CanonicalRequest, identity: Identity, decision: Decision, marks: RecordMarks): Promise<OpenEntry>;
  /** Counts a request that normalise refused: one record per peer, code and second, with a count [AUD-1]. Never waits. */
  noteMalformed(refusal: { readonly peer: string; readonly code: ErrorCode; readonly at: Instant }): void;
  /** A login with a password that was checked and failed or passed, outside a recorded request. */
  noteLogin(login: { readonly username: string; readonly isAccepted: boolean; readonly clientAddress: string; readonly at: Instant }): void;
  /** Every record so far, oldest first, opened and closed joined. */
  records(range: { readonly from?: Instant; readonly to?: Instant }): AsyncIterable<AuditRecord>;
  /** Waits for everything taken to be on disk. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** A trail that is kept in a spool on this node's disk, and can be read again by the counters [GW-51]. */
export interface SpooledTrail extends Trail {
  /** The spool's id; the counters' cursor in the database belongs to it. */
  readonly spoolId: string;
  /** The end of what is durable. */
  readonly end: SpoolPosition;
  /**
   * Whether somebody's cursor lies behind the end, because a loss of power took what was there: then the trail goes on in a segment behind
   * the cursor, so that nothing new is passed over.
   */
  skipPast(cursor: SpoolPosition): boolean;
  /** Resolves when what was recorded before is durable, the ends of records that nobody waits for too. Rejects when the disk does not take it. */
  settle(): Promise<void>;
  /** Every use of a token behind `from` (null: from the first) that is durable now, oldest first, each once. */
  uses(from: SpoolPosition | null): AsyncIterable<{ readonly uses: readonly OpenedUse[]; readonly position: SpoolPosition }>;
  /** Keeps retention from deleting what somebody still has to read [AUD-24]. */
  holdBack(holder: TrailHolder): void;
}

/** Somebody who still needs the spool from a place on. */
export interface TrailHolder {
  /** For the log. */
  readonly name: string;
  /** True: not even the bound on size passes it. */
  readonly isFirm: boolean;
  /** null: everything is needed. */
  readonly position: () => SpoolPosition | null | Promise<SpoolPosition | null>;
}

/** One audit record as it is exported: `GET /api/v1/audit.jsonl` [AUD-22, AUD-10]. Documented in docs/audit.md. */
export interface AuditRecord {
  readonly version: 1;
  readonly id: string;
  /** Rises by one with every entry of this node's trail. */
  readonly sequence: number;
  /** ISO 8601 in UTC with milliseconds. */
  readonly time: string;
  /** The process that wrote it. */
  readonly node: string;
  readonly kind: 'request' | 'act' | 'login' | 'malformed';
  readonly requestId: string | null;
  readonly decision: 'permit' | 'deny' | null;
  /** User name; null for anonymous. */
  readonly actor: string | null;
  readonly userKey: string | null;
  /** The token system, `password` or null. */
  readonly system: string | null;
  readonly tokenRef: string | null;
  /** Why a credential that was presented does not count; the client is never told. */
  readonly fault: CredentialFault | null;
  readonly credentialDigest: string | null;
  readonly method: string | null;
  readonly path: string | null;
  /** Names of query parameters without their values. */
  readonly queryNames: readonly string[] | null;
  readonly clientAddress: string | null;
  readonly peer: string | null;
  readonly userAgent: string | null;
  /** The rule of the token that decided. */
  readonly rule: string | null;
  /** The statement of the site's policy that decided. */
  readonly statement: string | null;
  /** Error code of a refusal or failure. */
  readonly code: string | null;
  readonly status: number | null;
  /** How it ended; `in-flight` while it runs, `unknown` when Postern was killed before it ended. */
  readonly outcome: Outcome['kind'] | 'in-flight' | 'unknown' | 'done';
  readonly durationMs: number | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
  /** `anyone` for a token without a user [EXT-5]. */
  readonly flags: readonly string[];
  readonly inProductLog: boolean;
  readonly inUsageDetails: boolean;
  /** Acts: what was done, and to what. */
  readonly action: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null>> | null;
  /** `malformed`: how many requests this row stands for. */
  readonly count: number | null;
}
