// What the audit trail promises to the rest of the house, and the shapes it writes.
import type { CanonicalRequest, Decision, ErrorCode, Identity, Instant, OpenedUse, SpoolPosition } from '../core/index.js';
import type { ActRecorder, RecordMarks } from '../plugin-kit/contract.js';
import type { AuditRecord, RequestOutcome } from './record.js';

export type { AuditRecord };

/** How a recorded request ended. */
export interface Outcome {
  readonly kind: RequestOutcome;
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
