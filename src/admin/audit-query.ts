// What an export of the audit trail is narrowed to. A filter that is misspelt is refused: passed over in silence it would
// export more than was asked for, or nothing.
import type { Instant } from '../core/index.js';
import type { AuditRecord } from '../audit/contract.js';
import { nearestName } from '../plugin-kit/nearest.js';
import { RestFault } from '../plugin-kit/rest.js';
import { foldName } from '../store/directory/fold-name.js';
import { readInstant } from '../plugin-kit/instant-text.js';

const PARAMETERS = ['from', 'to', 'user', 'decision', 'tokenRef', 'productLog'] as const;
type Parameter = (typeof PARAMETERS)[number];

/** A time range for the trail, and what the records within it must be like. */
export interface AuditQuery {
  readonly range: { readonly from?: Instant; readonly to?: Instant };
  matches(record: AuditRecord): boolean;
}

/** Reads the query of `GET /api/v1/audit.jsonl` [AUD-22]. Throws RestFault 400 that names the parameter. */
export function readAuditQuery(query: URLSearchParams): AuditQuery {
  const given = readOnce(query);
  const from = instantOf(given, 'from');
  const to = instantOf(given, 'to');
  const decision = choiceOf(given, 'decision', ['permit', 'deny']);
  const productLog = choiceOf(given, 'productLog', ['true', 'false']);
  const user = given.get('user');
  const tokenRef = given.get('tokenRef');
  return {
    range: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
    matches: (record) =>
      (user === undefined || (record.actor !== null && foldName(record.actor) === foldName(user))) &&
      (decision === undefined || record.decision === decision) &&
      (tokenRef === undefined || record.tokenRef === tokenRef) &&
      (productLog === undefined || record.inProductLog === (productLog === 'true')),
  };
}

function readOnce(query: URLSearchParams): ReadonlyMap<Parameter, string> {
  const given = new Map<Parameter, string>();
  for (const [name, value] of query) {
    const known = PARAMETERS.find((parameter) => parameter === name);
    if (known === undefined) throw new RestFault(400, `Unknown query parameter ${JSON.stringify(name.slice(0, 60))}. ${hint(name)}`);
    if (given.has(known)) throw new RestFault(400, `${known} is given twice.`);
    given.set(known, value);
  }
  return given;
}

function hint(name: string): string {
  const nearest = nearestName(name, PARAMETERS);
  return nearest === null ? `Known are: ${PARAMETERS.join(', ')}.` : `Did you mean "${nearest}"?`;
}

function instantOf(given: ReadonlyMap<Parameter, string>, name: Parameter): Instant | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const instant = readInstant(text);
  if (instant !== null) return instant;
  throw new RestFault(400, `${name} must be epoch milliseconds or ISO 8601 with a zone, such as 2026-01-31T10:00:00Z (write + as %2B).`);
}

function choiceOf(given: ReadonlyMap<Parameter, string>, name: Parameter, choices: readonly string[]): string | undefined {
  const value = given.get(name);
  if (value === undefined || choices.includes(value)) return value;
  throw new RestFault(400, `${name} must be ${choices.join(' or ')}.`);
}
