// The contract between the host and a token system: pure data (`manifest`) and one function (`activate`).
import type { EntityManager, EntitySchema, MigrationInterface } from 'typeorm';
import type {
  Clock,
  Credential,
  Grant,
  Instant,
  Logger,
  Principal,
  Product,
  RandomSource,
  RequestView,
  Secret,
  SiteKeys,
  UserDirectory,
} from '../core/index.js';
import type { RestModule, Route } from './rest.js';
import type { SettingSpec } from './setting.js';

/** A token system the host can carry. Importing a plugin has no side effects; everything happens in `activate`. */
export interface Plugin {
  readonly manifest: PluginManifest;
  activate(host: PluginHost): Promise<ActivePlugin>;
}

/** What a plugin is: pure data, so the host can validate, migrate and document it without running it. */
export interface PluginManifest {
  /** Unique, never renamed: it stands in the audit trail. */
  readonly key: string;
  readonly name: string;
  readonly emulates: { readonly version: string; readonly source: string };
  readonly products: readonly Product[];
  readonly tables: readonly EntitySchema[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  readonly settings: readonly SettingSpec[];
  /** Settings that it reads and another plugin declares: one system installed twice has them once. */
  readonly sharedSettings?: readonly SettingSpec[];
  /** What the product's own audit log calls what is done with its tokens; left out: Postern's own words [PAT-60]. */
  readonly productLog?: ProductLogWords;
}

/** A text of a product, and the key by which the product translates it. */
export interface Phrase {
  readonly i18nKey: string;
  readonly text: string;
}

/** How a token system's acts stand in the product's own audit log. */
export interface ProductLogWords {
  readonly category: Phrase;
  readonly created: Phrase;
  readonly deleted: Phrase;
  /** The attribute that holds the token's label. */
  readonly label: Phrase;
  /** A call made with a token; left out: the product's log does not show calls [AUD-5]. */
  readonly call?: Phrase;
}

/** What a plugin does, once activated. Every list may be empty. */
export interface ActivePlugin {
  readonly authenticators: readonly Authenticator[];
  readonly restModules: readonly RestModule[];
  /** Routes below `/api/v1`: the control plane takes passwords alone, so their callers never have a grant [GW-7, GW-14]. */
  readonly apiRoutes?: readonly Route[];
  readonly tokens: TokenAdministration;
  readonly jobs: readonly Job[];
  /** What the record of a use of this system's tokens is marked with, asked at the moment of recording [EXT-44]. */
  marks?(): RecordMarks;
  /** Whether a user name and password are refused for this request, while tokens go on working [WOM-6]. */
  refusesPasswords?(request: RequestView): boolean;
}

/** All a plugin may touch. There is no other way to the clock, to randomness, to storage or to configuration. */
export interface PluginHost {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly directory: UserDirectory;
  readonly owners: OwnerConditions;
  readonly keys: SiteKeys;
  readonly tokens: TokenRegistry;
  readonly switches: Switches;
  readonly audit: ActRecorder;
  readonly mail: MailQueue;
  /** `refuse`: a request made with a token makes no token [GW-26]. */
  readonly tokensMakeTokens: 'refuse' | 'allow';
  readonly profile: 'emulator' | 'gateway';
  setting<T>(spec: SettingSpec<T>): T;
  /** One prepared statement outside any transaction; `?` for each parameter on every database. */
  read<Row extends object>(sql: string, parameters?: readonly (string | number | null)[]): Promise<readonly Row[]>;
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** A table's or column's name as the database wants it quoted, case kept: vendors' names are in capitals. */
  quote(name: string): string;
  /** Counts a guess of this user's that was answered as a failed login is counted: the answer told something of a secret [EXT-42]. */
  noteGuess(user: Principal, clientAddress: string | null): Promise<void>;
  /** Forget everything cached about a token, and every remembered miss. Call after the transaction that changed it has committed. */
  forget(tokenRef: string): void;
  /** Resolves when every use that was answered stands in the tables: call it before a list shows counters. */
  settleUses(): Promise<void>;
  /** The calls made with a token that were marked for it, newest first, out of the trail [EXT-46]. */
  usageDetails(tokenRef: string, page: { readonly startAt: number; readonly limit: number }): Promise<UsageDetails>;
}

/** A page of a token's calls. */
export interface UsageDetails {
  readonly total: number;
  readonly calls: readonly {
    readonly at: Instant;
    readonly method: string;
    /** Canonical, context path included. */
    readonly path: string;
    /** null: it runs, or nobody knows how it ended. */
    readonly status: number | null;
    readonly isPermitted: boolean;
    readonly clientAddress: string | null;
    readonly userAgent: string | null;
    /** The token's rule that decided. */
    readonly rule: string | null;
  }[];
}

/** One kind of credential of one token system. */
export interface Authenticator {
  readonly scheme: Credential['scheme'];
  /** The one product for which it is asked; left out: the products behind the gateway, and never `cloud` [CLD-2]. */
  readonly product?: Product;
  /** One `WWW-Authenticate` challenge. */
  readonly challenge: string;
  /** Resolves to an outcome about the credential; throws only when it could not find out (the gateway answers 503). */
  verify(credential: Credential, request: RequestView): Promise<AuthnOutcome>;
  /** Receives uses in batches, off the request path, inside the transaction that also moves the trail's cursor. */
  recordUses(uses: readonly TokenUse[], manager: EntityManager): Promise<void>;
  /** Told of every accepted use, cached or not, right after its record is durable; must not throw or wait [WOM-2]. */
  noticeUse?(principal: Principal, grant: Grant): void;
}

export type AuthnOutcome =
  | { readonly outcome: 'accepted'; readonly principal: Principal; readonly grant: Grant }
  /** Ours, but not usable. Only a plugin that recognised the token may say so. */
  | { readonly outcome: 'rejected'; readonly reason: RejectReason; readonly tokenRef: string }
  /** Not ours: ask the next. */
  | { readonly outcome: 'skipped' };

export type RejectReason = 'expired' | 'disabled' | 'owner-inactive' | 'unlicensed';

/** Work on a timetable. A run never overlaps the one before; one that fails is reported and runs again at its next time. */
export interface Job {
  readonly name: string;
  /** Every so many milliseconds, or at the times of a Quartz expression in the machine's own zone [PAT-41]. */
  readonly schedule: { readonly everyMs: number } | { readonly cron: string };
  run(): Promise<void>;
}

/** Uses of one token since the last batch. */
export interface TokenUse {
  readonly tokenRef: string;
  /** Accepted by the token system, whatever was decided afterwards [WOM-15]. */
  readonly authenticated: number;
  /** Let through [EXT-45]. */
  readonly permitted: number;
  readonly lastUsedAt: Instant;
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
  /** The last distinct addresses within the batch, newest first, at most LIMITS.tokenAddressesMax. */
  readonly addresses?: readonly UsedAddress[];
}

/** An address that a token was used from. */
export interface UsedAddress {
  readonly address: string;
  readonly lastUsedAt: Instant;
  readonly userAgent: string | null;
  /** Uses from there, since the address entered the list. */
  readonly count: number;
}

/** How a use is marked in the trail. */
export interface RecordMarks {
  /** False keeps the call out of the product's own audit log; Postern's trail goes on [AUD-5]. */
  readonly inProductLog: boolean;
  /** False: the call is not part of the token's usage details [EXT-44]. */
  readonly inUsageDetails: boolean;
}

/** An administrative act to be recorded. */
export interface Act {
  /** `token.created`, `token.revoked`, `user.changed` … */
  readonly action: `${string}.${string}`;
  /** Who acts; null for Postern itself. */
  readonly actor: Principal | null;
  readonly system: string | null;
  readonly tokenRef: string | null;
  readonly clientAddress: string | null;
  /** What was acted upon, in words without secrets. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface ActRecorder {
  /** Records the act durably, then does it, then records how it went. No record, no act: throws HostError audit.unavailable. */
  act<T>(act: Act, work: () => Promise<T>): Promise<T>;
}

/** Mail to users over the site's server. */
export interface MailQueue {
  /**
   * Queues a mail within the caller's transaction: it goes out if what it tells of has happened, and is tried again until the server takes
   * it. Where mail is not set up, or too many wait, it is dropped: a mail never fails what it tells of [PAT-53].
   */
  send(manager: EntityManager, message: MailMessage): Promise<void>;
}

export interface MailMessage {
  readonly to: { readonly name: string; readonly address: string };
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** Everything in it that is not ours is escaped. */
  readonly html: string;
}

/** A condition in SQL with its parameters, `?` for each. */
export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly string[];
}

/** Conditions on the users whose keys stand in a column, for a plugin's own statements: whose tables those are is the house's. */
export interface OwnerConditions {
  /** There is such a user, and the display name or the address contains the text: letters without case, in an address A-Z alone. */
  contains(column: string, text: string): SqlCondition;
  /** There is no such user, or no longer. */
  isGone(column: string): SqlCondition;
}

/** Site switches: kept in the database, changed while running. */
export interface Switches {
  /** The value in force, from memory. */
  get(name: string, fallback: boolean): boolean;
  /** Within the caller's transaction; in force on this node once `commit` is called. */
  set(manager: EntityManager, name: string, value: boolean): Promise<{ commit(): void }>;
}

/** The host's own list of every token of every system, for administrators, counters and the revocation feed. */
export interface TokenRegistry {
  /** `hasAddressLimit` left out: nobody knows, and it is found among those without. */
  add(
    manager: EntityManager,
    token: Omit<TokenSummary, 'lastUsedAt' | 'useCount'> & { readonly system: string; readonly hasAddressLimit?: boolean },
  ): Promise<void>;
  remove(manager: EntityManager, system: string, tokenRef: string): Promise<void>;
}

export interface TokenSummary {
  readonly tokenRef: string;
  readonly product: Product;
  readonly label: string;
  /** User key of the owner; null for a token without a user. */
  readonly owner: string | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  readonly useCount: number;
  /** Whether it is restricted by rules or addresses. */
  readonly hasLimits: boolean;
}

/** Lets the host list and revoke tokens of a kind it knows nothing of. */
export interface TokenAdministration {
  list(page: { startAt: number; limit: number; owner?: string }): Promise<{ total: number; tokens: readonly TokenSummary[] }>;
  /** Ends a token. Resolves to false when there is none. */
  revoke(tokenRef: string, actor: Principal | null, clientAddress: string | null): Promise<boolean>;
  /**
   * What a token would be accepted with at that instant, for explain [GW-25]: the same answer that its authenticator gives for its value.
   * `username` stands for the user name of a Basic credential, which tokens for anyone need. Resolves to null when there is no such token.
   */
  inspect(tokenRef: string, asked: { readonly at: Instant; readonly username: string | null }): Promise<InspectedToken | null>;
  /** How tokens of this kind are made on the pages and at `/api/v1/my/tokens`; left out: by the system's own REST alone. */
  readonly issuing?: TokenIssuing;
  /** Days before its end at which a token is said to expire soon; left out: the house's own. */
  expiresSoonDays?(): number;
}

/** Makes tokens of a kind that the host knows nothing of. */
export interface TokenIssuing {
  /** What a form may offer. */
  terms(): TokenTerms;
  /** Makes a token, checked, recorded and counted as the system's own REST does it. Throws RestFault 400 and 403. */
  issue(order: TokenOrder): Promise<IssuedToken>;
}

export interface TokenTerms {
  readonly labelLengthMax: number;
  readonly daysMax: number;
  /** What a form begins with; null: never ends. */
  readonly daysDefault: number | null;
  readonly mayBeEternal: boolean;
  /** Whether rules and addresses can restrict it. */
  readonly mayBeLimited: boolean;
}

/** A token that somebody logged in with a password asks for. */
export interface TokenOrder {
  /** Whose token it will be. */
  readonly owner: Principal;
  /** Who asks: the owner, or an administrator. */
  readonly actor: Principal;
  readonly clientAddress: string | null;
  readonly label: string;
  /** null: never ends. */
  readonly expiresInDays: number | null;
  /** Rules as they were typed; null: none. */
  readonly limitTo: string | null;
  /** Addresses as they were typed; null: none. */
  readonly ip: string | null;
}

export interface IssuedToken {
  readonly tokenRef: string;
  readonly value: Secret;
  /** How a request carries it: `username:value`, or the value alone. */
  readonly sentAs: { readonly scheme: 'basic'; readonly username: string } | { readonly scheme: 'bearer' };
}

/** A token as its system would see it used. */
export interface InspectedToken {
  /** The user key of its owner; null for a token for anyone. */
  readonly ownerKey: string | null;
  /** Who it would stand for; null where there is no such user, or none was named. */
  readonly principal: Principal | null;
  /** What it may be used for, also where it is rejected. */
  readonly grant: Grant;
  /** Why its system would not accept it; null: it would. */
  readonly rejection: RejectReason | null;
  /** The products where it is looked at. */
  readonly opens: readonly Product[];
}
