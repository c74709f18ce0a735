// One row of the bypass suite: what is sent over a raw socket, what the client gets, and what the product sees. A row without a reason is no row.

export type ProfileName = 'emulator' | 'gateway';
export type Either<T> = T | Readonly<Record<ProfileName, T>>;

/** `Authorization` fields of tokens that a gate has. */
export interface Logins {
  /** May do anything. */
  readonly any: string;
  /** May read `/rest/api/2/myself` and nothing else. */
  readonly reader: string;
  /** May be used from 203.0.113.9 and 2001:db8::/32 alone. */
  readonly addressed: string;
  /** The administrator’s password, for Postern’s own resources. */
  readonly password: string;
}

export interface Row {
  readonly what: string;
  readonly why: string;
  /** One character is one byte. */
  readonly bytes: (logins: Logins) => string;
  /** Statuses of the final answers, in their order. */
  readonly answers: Either<readonly number[]>;
  /** `METHOD target` of what the product is asked, in order. */
  readonly seen: Either<readonly string[]>;
  /** The server ends the connection, and a request that was sent behind is not served; otherwise the next one is, and is answered itself. */
  readonly ends: boolean;
  /** Whom the product is told of; `admin` unless said. */
  readonly user?: string | null;
  /** Sent from an address of `trustedProxies`. */
  readonly isFromProxy?: true;
  /** The row sends HEAD: an answer has no body. */
  readonly isHead?: true;
  /** What must stand among the fields that the product gets. */
  readonly field?: string;
}

/** Stands in values that the product must never see, whatever the field is called. */
export const POISON = 'poison';

export const HOST = 'Host: postern.test';
export const MYSELF = '/jira/rest/api/2/myself';
export const ISSUE = '/jira/rest/api/2/issue';

/** Request line and fields, with an empty line behind them. */
export function head(line: string, ...fields: readonly string[]): string {
  return [line, ...fields, '', ''].join('\r\n');
}

/** GET with Host and a token that may do anything. */
export function get(target: string, ...fields: readonly string[]): Row['bytes'] {
  return ({ any }) => head(`GET ${target} HTTP/1.1`, HOST, any, ...fields);
}

/** After these the connection is not read any further. */
const ENDING = new Set([400, 501, 505]);

type Rest = Partial<Omit<Row, 'what' | 'why' | 'bytes' | 'answers' | 'seen'>>;

/** A row that must not reach the product. */
export function refused(what: string, why: string, status: Either<number>, bytes: Row['bytes'], rest: Rest = {}): Row {
  const answers = typeof status === 'number' ? [status] : { emulator: [status.emulator], gateway: [status.gateway] };
  const ends = ENDING.has(typeof status === 'number' ? status : status.gateway);
  return { what, why, bytes, answers, seen: [], ends, ...rest };
}

/** A row that must reach it, once, as `seen`. */
export function carried(what: string, why: string, seen: string, bytes: Row['bytes'], rest: Rest = {}): Row {
  return { what, why, bytes, answers: [200], seen: [seen], ends: false, ...rest };
}

/** GET of a target that is refused. */
export function refusedTarget(target: string, why: string, status = 400, rest: Rest = {}): Row {
  return refused(`GET ${target}`, why, status, get(target), rest);
}

/** GET of a target that the product gets, as it is or in the canonical form. */
export function carriedTarget(target: string, why: string, seen = target): Row {
  return carried(`GET ${target}`, why, `GET ${seen}`, get(target));
}

/** What holds of one profile. */
export function ofProfile<T extends object | number>(value: Either<T>, profile: ProfileName): T {
  return typeof value === 'object' && 'emulator' in value ? value[profile] : value;
}
