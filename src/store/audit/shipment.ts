// What the store takes of the trail: openings and ends of records as rows, already in the words of the tables.
import type { Instant, SpoolPosition, UpstreamProduct } from '../../core/index.js';

/** A record that begins. Texts are no longer than their columns. */
export interface OpenedRow {
  readonly recordId: string;
  readonly at: Instant;
  readonly kind: 'request' | 'act' | 'login' | 'malformed';
  readonly decision: 'permit' | 'deny' | null;
  readonly actor: string | null;
  readonly system: string | null;
  readonly tokenRef: string | null;
  readonly status: number | null;
  readonly clientAddress: string | null;
  /** Whether it is a call in its token's usage details [EXT-46]. */
  readonly isUsageDetail: boolean;
  /** Whether a token was used. */
  readonly isUse: boolean;
  readonly node: string;
  readonly line: string;
}

/** A record that ends. */
export interface ClosedRow {
  readonly recordId: string;
  readonly status: number | null;
  readonly line: string;
}

/** A record as a product's own audit log shows it. */
export interface ProductEvent {
  readonly product: UpstreamProduct;
  readonly author: string;
  readonly category: string;
  readonly action: string;
  /** `type,id`. */
  readonly affected: string | null;
}

export interface Shipment {
  readonly from: SpoolPosition | null;
  readonly to: SpoolPosition;
  readonly opened: readonly OpenedRow[];
  readonly closed: readonly ClosedRow[];
}

/** Which events of the products' logs a record is that has ended, told by its two lines. */
export type ProductEventsOf = (opened: string, closed: string) => readonly ProductEvent[];
