// What `/api/v1` answers, as types alone, for the pages and for whoever writes a client: both sides of the wire are held to them.
import type { AuditRecord } from '../audit/record.js';

export type { AuditRecord };
export type { ExplainAnswer, ExplainRequest, RuleTrace } from './explain-types.js';

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

// ── Sessions ──

/** `GET`, `POST /api/v1/session`. */
export interface SessionAnswer {
  /** null: nobody is signed in. */
  readonly user: SessionUser | null;
  /** To be sent back as `X-Postern-Page` with every change; null where nobody is signed in. */
  readonly pageToken: string | null;
  /** Shown in the head of every page. */
  readonly profile: 'emulator' | 'gateway';
}

export interface SessionUser {
  readonly username: string;
  readonly displayName: string;
  readonly emailAddress: string;
  readonly accountId: string;
  readonly administrator: boolean;
}

/** Every failure. */
export interface FaultAnswer {
  readonly message: string;
  readonly 'status-code': number;
}

// ── Users ──

/** A user of the directory. */
export interface UserAnswer {
  readonly username: string;
  readonly displayName: string;
  /** Empty: none. */
  readonly emailAddress: string;
  readonly administrator: boolean;
  readonly active: boolean;
  readonly userKeys: Readonly<Record<'jira' | 'confluence', string>>;
  /** Names the user in the cloud's resources. */
  readonly accountId: string;
}

/** `GET /api/v1/users`. */
export interface UserPage {
  readonly total: number;
  readonly startAt: number;
  readonly maxResults: number;
  readonly users: readonly UserAnswer[];
}

/** `PATCH /api/v1/users/{username}`: what is left out stays. */
export interface UserChangesBody {
  readonly password?: string;
  readonly displayName?: string;
  readonly emailAddress?: string;
  readonly administrator?: boolean;
  readonly active?: boolean;
}

/** `POST /api/v1/users`. */
export interface NewUserBody extends UserChangesBody {
  readonly username: string;
  readonly password: string;
}

// ── Organization keys ──

/** One of `GET /api/v1/organization-keys`. */
export interface OrganizationKeyAnswer {
  readonly id: string;
  readonly label: string;
  /** The administrator it stands for. */
  readonly createdBy: string;
  readonly createdAt: string;
  /** null: never. */
  readonly expiresAt: string | null;
  /** null: never. */
  readonly lastUsedAt: string | null;
  /** Empty: it may do everything there. */
  readonly scopes: readonly string[];
}

/** `POST /api/v1/organization-keys`. */
export interface NewOrganizationKeyBody {
  readonly label: string;
  /** Left out: never. */
  readonly expiresAt?: string;
  /** Left out: everything. */
  readonly scopes?: readonly string[];
}

/** A key that was just made; `key` is shown this once. */
export interface NewOrganizationKeyAnswer extends Omit<OrganizationKeyAnswer, 'createdBy' | 'lastUsedAt'> {
  readonly key: string;
}

// ── Switches and settings ──

/** `GET`, `PATCH /api/v1/switches`: each by the name of its setting. */
export type SwitchesAnswer = Readonly<Record<string, boolean>>;

// ── Tokens ──

export type TokenStatus = 'active' | 'expires-soon' | 'expired';

/** A token of whatever system, without its value. */
export interface TokenAnswer {
  readonly system: string;
  readonly tokenRef: string;
  readonly product: 'jira' | 'confluence' | 'cloud';
  readonly label: string;
  /** The owner's user name; null for a deleted user, and for a token without one. */
  readonly owner: string | null;
  readonly ownerKey: string | null;
  readonly createdAt: string;
  /** null: never. */
  readonly expiresAt: string | null;
  /** null: never. */
  readonly lastUsedAt: string | null;
  readonly useCount: number;
  readonly hasLimits: boolean;
  readonly status: TokenStatus;
}

/** `GET /api/v1/my/tokens`, `GET /api/v1/tokens`. */
export interface TokenPage {
  readonly total: number;
  readonly startAt: number;
  readonly maxResults: number;
  readonly tokens: readonly TokenAnswer[];
}

/** `GET /api/v1/tokens/{system}?tokenRef=…`. */
export interface TokenDetail extends TokenAnswer {
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

/** Whether calls with a token are kept for its user: `off` by a switch, for the time being; `never` for tokens of this system. */
export type CallCollecting = 'on' | 'off' | 'never';

/** `GET /api/v1/my/tokens/{system}/calls?tokenRef=…`. */
export interface TokenCallPage {
  readonly token: TokenAnswer;
  readonly collecting: CallCollecting;
  readonly total: number;
  readonly startAt: number;
  readonly maxResults: number;
  /** Newest first. */
  readonly calls: readonly TokenCallAnswer[];
}

/** One call that was made with a token. */
export interface TokenCallAnswer {
  readonly time: string;
  readonly method: string;
  /** Canonical, context path included; never a query. */
  readonly path: string;
  /** null: it runs, or nobody knows how it ended. */
  readonly status: number | null;
  readonly decision: 'permit' | 'deny';
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
  /** The token's rule that decided; null: none did. */
  readonly rule: string | null;
}

/** What a form for a new token may offer; the server checks all of it again. */
export interface TokenTermsAnswer {
  readonly labelLengthMax: number;
  readonly daysMax: number;
  /** null: never expires unless told. */
  readonly daysDefault: number | null;
  readonly mayBeEternal: boolean;
  readonly mayBeLimited: boolean;
}

/** One of `GET /api/v1/token-systems`. */
export interface TokenSystemAnswer {
  readonly system: string;
  readonly name: string;
  readonly products: readonly ('jira' | 'confluence' | 'cloud')[];
  /** Where its tokens work: the products that are carried, below their context paths. */
  readonly places: readonly { readonly product: 'jira' | 'confluence'; readonly contextPath: string }[];
  /** null: its tokens are made by its own REST alone. */
  readonly terms: TokenTermsAnswer | null;
}

/** `POST /api/v1/my/tokens`. */
export interface NewTokenBody {
  readonly system: string;
  readonly label: string;
  /** null: never. Left out: as long as the system says. */
  readonly expiresInDays?: number | null;
  readonly limitTo?: string;
  readonly ip?: string;
}

/** A token that was just made; `value` is shown this once. */
export interface NewTokenAnswer {
  readonly system: string;
  readonly tokenRef: string;
  readonly value: string;
  /** How a request carries it. */
  readonly scheme: 'basic' | 'bearer';
  /** The name beside the value where the scheme is Basic. */
  readonly username: string | null;
  /** A path to try it on. */
  readonly examplePath: string;
}

/** `POST /api/v1/tokens/revoke`. */
export interface RevokedAnswer {
  readonly revoked: number;
  /** Were gone already, or never there. */
  readonly missing: number;
}

/** One of `GET /api/v1/settings`. */
export interface SettingAnswer {
  readonly name: string;
  readonly about: string;
  /** As it would be written; null: nothing is set. A secret that is set is `[redacted]`. */
  readonly value: string | null;
  readonly origin: 'default' | 'file' | 'environment' | 'flag' | 'switched';
  /** Its name in the environment. */
  readonly variable: string;
  /** May be changed while running, at `/api/v1/switches`. */
  readonly isSwitch: boolean;
}
