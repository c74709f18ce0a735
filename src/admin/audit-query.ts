// What a reader of the audit trail is narrowed to. A filter that is misspelt is refused: passed over in silence it would
// show more than was asked for, or nothing.
import type { Instant } from '../core/index.js';
import type { AuditRecord } from '../audit/contract.js';
import { nearestName } from '../plugin-kit/nearest.js';
import { RestFault } from '../plugin-kit/rest.js';
import type { RecordQuery } from '../store/audit/search.js';
import { foldName } from '../store/directory/fold-name.js';
import { readInstant } from '../plugin-kit/instant-text.js';

const FILTERS = [
  'from',
  'to',
  'user',
  'actor',
  'system',
  'tokenRef',
  'decision',
  'kind',
  'method',
  'path',
  'status',
  'address',
  'search',
  'productLog',
] as const;

/** A time range for the trail, and what the records within it must be like. */
export interface AuditQuery {
  readonly range: { readonly from?: Instant; readonly to?: Instant };
  /** Those of the filters that an index answers, as the copy of the trail has them. */
  readonly equals: RecordQuery['equals'];
  matches(record: AuditRecord): boolean;
}

/** Filters by name, as they were given. */
export type Given = ReadonlyMap<string, string>;

/** Reads the filters of the audit resources [AUD-22, AUD-23]. Throws RestFault 400 that names the parameter. */
export function readAuditQuery(query: URLSearchParams): AuditQuery {
  return auditQuery(readGiven(query, FILTERS));
}

/** The same, with more parameters beside the filters, which the caller reads. */
export function readAuditQueryAnd(
  query: URLSearchParams,
  more: readonly string[],
): { readonly filters: AuditQuery; readonly given: Given } {
  const given = readGiven(query, [...FILTERS, ...more]);
  return { filters: auditQuery(given), given };
}

function auditQuery(given: Given): AuditQuery {
  const from = instantOf(given, 'from');
  const to = instantOf(given, 'to');
  const user = userOf(given);
  const decision = choiceOf(given, 'decision', ['permit', 'deny']);
  const kind = choiceOf(given, 'kind', ['request', 'act', 'login', 'malformed']);
  const status = wholeNumberOf(given, 'status', 999);
  const [system, tokenRef, address] = [given.get('system'), given.get('tokenRef'), given.get('address')];
  return {
    range: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
    equals: {
      ...(tokenRef === undefined ? {} : { token_ref: tokenRef }),
      ...(address === undefined ? {} : { client_address: address }),
      ...(user === undefined ? {} : { actor: user }),
      ...(status === undefined ? {} : { status }),
      ...(system === undefined ? {} : { system_key: system }),
      ...(kind === undefined ? {} : { kind }),
      ...(decision === undefined ? {} : { decision }),
    },
    matches: all([
      ...(user === undefined ? [] : [(record: AuditRecord) => record.actor !== null && foldName(record.actor) === user]),
      ...exactly('decision', decision),
      ...exactly('kind', kind),
      ...exactly('status', status),
      ...exactly('system', system),
      ...exactly('tokenRef', tokenRef),
      ...exactly('clientAddress', address),
      ...exactly('method', given.get('method')),
      ...unindexed(given),
    ]),
  };
}

type Test = (record: AuditRecord) => boolean;

function all(tests: readonly Test[]): Test {
  return (record) => tests.every((test) => test(record));
}

function exactly(field: keyof AuditRecord, value: string | number | undefined): Test[] {
  return value === undefined ? [] : [(record) => record[field] === value];
}

function unindexed(given: Given): Test[] {
  const tests: Test[] = [];
  const path = given.get('path');
  if (path !== undefined) tests.push((record) => record.path?.startsWith(path) === true);
  const productLog = choiceOf(given, 'productLog', ['true', 'false']);
  if (productLog !== undefined) tests.push((record) => record.inProductLog === (productLog === 'true'));
  const search = given.get('search');
  if (search !== undefined && search !== '') {
    const wanted = foldName(search);
    tests.push((record) => holdsText(record, wanted));
  }
  return tests;
}

/** Whether a text of the record contains the words, letters A-Z without case. Values alone: every record has the names of the fields. */
function holdsText(value: unknown, wanted: string): boolean {
  if (typeof value === 'string') return foldName(value).includes(wanted);
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => holdsText(each, wanted));
}

/** `actor` is another name of `user`. */
function userOf(given: Given): string | undefined {
  const [user, actor] = [given.get('user'), given.get('actor')];
  if (user !== undefined && actor !== undefined) throw new RestFault(400, 'user and actor are the same filter: give one of them.');
  const name = user ?? actor;
  return name === undefined ? undefined : foldName(name);
}

function readGiven(query: URLSearchParams, known: readonly string[]): Given {
  const given = new Map<string, string>();
  for (const [name, value] of query) {
    if (!known.includes(name))
      throw new RestFault(400, `Unknown query parameter ${JSON.stringify(name.slice(0, 60))}. ${hint(name, known)}`);
    if (given.has(name)) throw new RestFault(400, `${name} is given twice.`);
    given.set(name, value);
  }
  return given;
}

function hint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? `Known are: ${known.join(', ')}.` : `Did you mean "${nearest}"?`;
}

/** An instant. Throws RestFault 400. */
export function instantOf(given: Given, name: string): Instant | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const instant = readInstant(text);
  if (instant !== null) return instant;
  throw new RestFault(400, `${name} must be epoch milliseconds or ISO 8601 with a zone, such as 2026-01-31T10:00:00Z (write + as %2B).`);
}

/** One of a few words. Throws RestFault 400. */
export function choiceOf<const T extends string>(given: Given, name: string, choices: readonly T[]): T | undefined {
  const value = given.get(name);
  const found = choices.find((choice) => choice === value);
  if (value === undefined || found !== undefined) return found;
  throw new RestFault(400, `${name} must be ${choices.join(' or ')}.`);
}

/** A whole number from 0. Throws RestFault 400. */
export function wholeNumberOf(given: Given, name: string, max: number): number | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text) && Number(text) <= max) return Number(text);
  throw new RestFault(400, `${name} must be a whole number from 0 to ${max}.`);
}
