// What `/api/v1` answers, as types, for the pages in the browser and for whoever writes a client. Types alone: nothing here is run.
import type { AuditRecord } from '../audit/contract.js';

export type { AuditRecord };

// ── The audit trail ──

/** `GET /api/v1/audit`. */
export interface AuditPage {
  /** Newest first. */
  readonly records: readonly AuditRecord[];
  /** To be given as `cursor` for the next page; null: there is none. */
  readonly nextCursor: string | null;
  /** Records that were looked at for this page: a page with few records may have a next one all the same. */
  readonly scanned: number;
  /** Records there are in all, whatever the filters. */
  readonly total: number;
  /** False: the newest records are on the disk and not here yet. */
  readonly isCurrent: boolean;
}

/** `GET /api/v1/audit/chart`. Steps in which nothing was recorded are left out. */
export interface AuditChart {
  readonly bucket: 'minute' | 'hour' | 'day';
  readonly steps: readonly AuditChartStep[];
}

export interface AuditChartStep {
  /** When it begins: ISO 8601 in UTC. */
  readonly time: string;
  readonly permits: number;
  readonly denials: number;
  /** Requests with a token that was accepted, permitted or not. */
  readonly uses: number;
}

/** The events of `GET /api/v1/audit/stream`, by their names. */
export interface AuditStreamEvents {
  /** A record that has begun. */
  readonly opened: AuditRecord;
  /** The same record, ended. */
  readonly ended: AuditRecord;
  /** Records that were left out, because this client read too slowly. */
  readonly dropped: { readonly count: number };
}

// ── Tokens ──

/** A token of whatever system, as `GET /api/v1/tokens` lists it. */
export interface ListedToken {
  readonly system: string;
  readonly tokenRef: string;
  readonly product: string;
  readonly label: string;
  readonly owner: string | null;
  readonly ownerKey: string | null;
  readonly createdAt: string | null;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly useCount: number;
  readonly hasLimits: boolean;
}

/** `GET /api/v1/tokens/{system}?tokenRef=…`. */
export interface TokenDetail extends ListedToken {
  readonly lastUse: { readonly at: string; readonly clientAddress: string | null; readonly userAgent: string | null } | null;
  /** The last distinct addresses, newest first. */
  readonly lastAddresses: readonly {
    readonly address: string;
    readonly lastUsedAt: string;
    readonly userAgent: string | null;
    /** Since the address entered the list. */
    readonly useCount: number;
  }[];
}
