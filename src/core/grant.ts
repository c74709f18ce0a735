// What an accepted credential may be used for. Cached beside the principal; asked again on every request [GW-21, GW-61].
import type { ErrorCode } from './error-codes.js';
import type { Instant } from './instant.js';

/** What a rule is asked about: the canonical request, below nothing and with nothing left out [EXT-14]. */
export interface RuleSubject {
  readonly method: string;
  /** The canonical path, context path included, pure ASCII [GW-1]. */
  readonly path: string;
  /** The context path the request lies below, '' at the root: globs look at what follows it [GW-24]. */
  readonly contextPath: string;
  /** The query as it came, without the question mark; null when there is none. */
  readonly query: string | null;
  /** The body, where a rule needed it; null when nothing was read. */
  readonly body: JudgedBody | null;
}

/** A request body that was read for a rule; forwarded byte for byte afterwards [EXT-15]. */
export interface JudgedBody {
  readonly bytes: Buffer;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
}

/** Why a body that a rule asks about could not be read: the request is denied with this code, and recorded [EXT-15]. */
export interface BodyFault {
  readonly fault: ErrorCode;
}

/** Why one rule did or did not match. */
export interface RuleTrace {
  readonly rule: string;
  readonly isMatch: boolean;
  /** null on a match; else the first part that failed. */
  readonly failed: 'method' | 'path' | 'query' | 'body' | 'broken' | null;
}

/** The compiled rules of one token: one that matches is enough [EXT-16]. */
export interface RuleSet {
  /** The rules as they are shown again, joined with `<br>` [EXT-19]. */
  readonly text: string;
  /** The text of the first rule that matches, or null. Never throws: a rule that errs does not match [EXT-18]. */
  match(subject: RuleSubject): string | null;
  /** True when the answer for this method and path may depend on the body. */
  needsBody(method: string, path: string, contextPath: string): boolean;
  /** Every rule with its answer, for explain. */
  trace(subject: RuleSubject): readonly RuleTrace[];
}

/** Addresses and ranges a token may be used from [GW-22]. */
export interface AddressSet {
  readonly text: string;
  /** `address` is one plain IPv4 or IPv6 address. */
  includes(address: string): boolean;
}

/** One bundle of limits. A token made with a token carries its own and its parent's: every bundle must hold [GW-26]. */
export interface Limits {
  /** null: unrestricted. */
  readonly rules: RuleSet | null;
  /** null: from anywhere. */
  readonly addresses: AddressSet | null;
  /** Taken over from a token that this one was made with. Left out: its own. */
  readonly isInherited?: boolean;
}

/** What one token may be used for. */
export interface Grant {
  /** The token's public identifier across plugins, safe to log. */
  readonly tokenRef: string;
  /** The plugin's key. */
  readonly system: string;
  /** Valid while `now < validUntil`; null: never ends [GW-21]. */
  readonly validUntil: Instant | null;
  /** All must hold; empty: unrestricted. */
  readonly limits: readonly Limits[];
  /** Set for a token without a user, to be shown in the audit record [EXT-5]. */
  readonly isAnyone: boolean;
  /** False: no cookie of the request or of its answer passes the gateway, so that no session survives it [PAT-14]. Left out: true. */
  readonly keepsSession?: boolean;
}
