// Writes each kind of entry, up to what sealLine adds. By hand: one pass, and no object that is thrown away [GW-61].
import { type CanonicalRequest, type Decision, ERROR_CODES, type ErrorCode, type Identity, type Instant } from '../core/index.js';
import type { Act, RecordMarks } from '../plugin-kit/contract.js';
import type { AuditRecord } from './contract.js';
import { quote } from './quote.js';
import { cutUserAgent, cutUsername, queryNames } from './redact.js';

/** A decision [AUD-1]. What is null or the rule is left out. */
export function requestBody(request: CanonicalRequest, identity: Identity, decision: Decision, marks: RecordMarks): string {
  return (
    `"e":"open","id":"${request.id}","at":${request.receivedAt}` +
    (request.requestId === request.id ? '' : text('requestId', request.requestId)) +
    `,"decision":"${decision.effect}"` +
    identityFields(identity, request) +
    text('credentialDigest', identity.credentialDigest) +
    `,"method":"${request.method}"` +
    text('path', request.path) +
    names(queryNames(request.query)) +
    text('clientAddress', request.clientAddress) +
    text('peer', request.peer) +
    text('userAgent', cutUserAgent(request.userAgent)) +
    text('rule', decision.rule) +
    text('statement', decision.statement) +
    (decision.effect === 'deny' ? text('code', decision.code) : '') +
    (marks.inProductLog ? '' : ',"inProductLog":false') +
    (marks.inUsageDetails ? '' : ',"inUsageDetails":false')
  );
}

/** An administrative act. */
export function actBody(id: string, at: Instant, act: Act): string {
  return (
    `"e":"act","id":"${id}","at":${at}` +
    text('action', act.action) +
    text('actor', act.actor?.username ?? null) +
    text('userKey', act.actor?.userKeys.jira ?? null) +
    text('system', act.system) +
    text('tokenRef', act.tokenRef) +
    text('clientAddress', act.clientAddress) +
    (act.detail === undefined ? '' : `,"detail":{${detailFields(act.detail)}}`)
  );
}

/** A login with a password. */
export function loginBody(id: string, at: Instant, username: string, clientAddress: string): string {
  return `"e":"login","id":"${id}","at":${at}${text('actor', cutUsername(username))}${text('clientAddress', clientAddress)}`;
}

/** Requests that normalise refused. `peer` and `code` are null in the row that stands for all that no row was left for. */
export function malformedBody(id: string, at: Instant, peer: string | null, code: ErrorCode | null, count: number): string {
  const status = code === null ? '' : `,"status":${ERROR_CODES[code].status}`;
  return `"e":"malformed","id":"${id}","at":${at}${text('peer', peer)}${text('code', code)}${status},"count":${count}`;
}

/** How a record ended. */
export interface Ending {
  readonly outcome: Exclude<AuditRecord['outcome'], 'in-flight'>;
  readonly status: number | null;
  readonly code: ErrorCode | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
}

/** Ends the record `id`, whose first entry has the sequence `of`. */
export function closeBody(id: string, of: number, at: Instant, durationMs: number | null, ending: Ending): string {
  return (
    `"e":"close","id":"${id}","of":${of},"at":${at},"outcome":"${ending.outcome}"` +
    number('status', ending.status) +
    text('code', ending.code) +
    (durationMs === null ? '' : `,"durationMs":${tenths(durationMs)}`) +
    number('bytesIn', ending.bytesIn) +
    number('bytesOut', ending.bytesOut)
  );
}

/** The first line of a segment. */
export function segmentBody(spool: string, node: string, segment: number, at: Instant, open: ReadonlyMap<number, string>): string {
  return `"e":"segment","id":"${spool}","at":${at},"segment":${segment},"node":${quote(node)},"open":${JSON.stringify([...open].map(([sequence, id]) => [id, sequence]))}`;
}

function identityFields(identity: Identity, request: CanonicalRequest): string {
  switch (identity.kind) {
    case 'anonymous':
    case 'unknown':
      return '';
    case 'authenticated': {
      const { principal, grant } = identity;
      const who =
        text('actor', principal.username) + text('userKey', principal.userKeys[request.product === 'confluence' ? 'confluence' : 'jira']);
      if (grant === null) return `${who},"system":"password"`;
      const token = `${text('system', grant.system) + text('tokenRef', grant.tokenRef)},"counts":true`;
      return who + token + (grant.isAnyone ? ',"flags":["anyone"]' : '');
    }
    case 'unaccepted':
      return text('system', identity.system) + text('tokenRef', identity.tokenRef) + text('fault', identity.fault);
    default:
      return identity satisfies never;
  }
}

function text(name: string, value: string | null): string {
  return value === null ? '' : `,"${name}":${quote(value)}`;
}

/** JSON knows no NaN: a number that is none is left out, like one that is not known. */
function number(name: string, value: number | null): string {
  return value === null || !Number.isFinite(value) ? '' : `,"${name}":${value}`;
}

/** With one digit behind the point. Put together from whole numbers, which is several times as fast as printing a fraction. */
function tenths(value: number): string {
  const count = Math.round(value * 10);
  const rest = count % 10;
  return rest === 0 ? `${count / 10}` : `${(count - rest) / 10}.${rest}`;
}

function names(list: readonly string[] | null): string {
  return list === null ? '' : `,"queryNames":[${list.map(quote).join(',')}]`;
}

function detailFields(detail: NonNullable<Act['detail']>): string {
  return Object.entries(detail)
    .map(([name, value]) => `${quote(name)}:${typeof value === 'string' ? quote(value) : JSON.stringify(value)}`)
    .join(',');
}
