// A record of the trail as everybody who reads it gets it. Types alone, and nothing of the runtime's: the pages are compiled with it too.
import type { CredentialFault } from '../core/credential-fault.js';

/** `forwarded`: the upstream answered; `served`: Postern itself answered; `refused`: 401 or 403 and the like; `failed`: 5xx of ours; `aborted`: the client went away. */
export type RequestOutcome = 'forwarded' | 'served' | 'refused' | 'failed' | 'aborted';

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
  readonly outcome: RequestOutcome | 'in-flight' | 'unknown' | 'done';
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
