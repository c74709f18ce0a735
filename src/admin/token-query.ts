// What the list of all tokens is narrowed to and in which order, read strictly: a filter that is misspelt and passed over would show
// more than was asked for, and somebody would revoke it [PAT-71].
import type { Instant, UserDirectory } from '../core/index.js';
import { readInstant } from '../plugin-kit/instant-text.js';
import { nearestName } from '../plugin-kit/nearest.js';
import { RestFault } from '../plugin-kit/rest.js';
import { type InstantRange, NEWEST_FIRST, TOKEN_ORDERS, type TokenFilter, type TokenOrder } from '../store/token-filter.js';

const PARAMETERS = [
  'startAt',
  'maxResults',
  'sort',
  'system',
  'owner',
  'label',
  'createdFrom',
  'createdTo',
  'expires',
  'expiresFrom',
  'expiresTo',
  'lastUsed',
  'lastUsedFrom',
  'lastUsedTo',
  'limits',
  'addresses',
] as const;
type Parameter = (typeof PARAMETERS)[number];
type Given = ReadonlyMap<Parameter, string>;

export interface TokenQuery {
  readonly filter: TokenFilter;
  readonly order: TokenOrder;
}

/** Reads the query of `GET /api/v1/tokens`. Throws RestFault 400 that names the parameter. */
export async function readTokenQuery(query: URLSearchParams, directory: Pick<UserDirectory, 'findByUsername'>): Promise<TokenQuery> {
  const given = readOnce(query);
  const [system, label] = [given.get('system'), given.get('label')];
  const filter = {
    ...(system === undefined ? {} : { system }),
    ...(label === undefined || label === '' ? {} : { label }),
    ...(await readOwner(given.get('owner'), directory)),
    ...named('created', readRange(given, 'created')),
    ...named('expires', readRange(given, 'expires')),
    ...named('lastUsed', readRange(given, 'lastUsed')),
    ...named('hasLimits', readPresence(given, 'limits')),
    ...named('hasAddressLimit', readPresence(given, 'addresses')),
  };
  return { filter, order: readOrder(given.get('sort')) };
}

function readOnce(query: URLSearchParams): Given {
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

/** A user name, or one user key, such as a deleted user's, whose tokens stay listed [DIR-7]. */
async function readOwner(owner: string | undefined, directory: Pick<UserDirectory, 'findByUsername'>): Promise<Partial<TokenFilter>> {
  if (owner === undefined) return {};
  const user = await directory.findByUsername(owner);
  return user === null ? { owner } : { owners: [user.userKeys.jira, user.userKeys.confluence] };
}

function readRange(given: Given, name: 'created' | 'expires' | 'lastUsed'): InstantRange | 'none' | undefined {
  const [from, to] = [readInstantAt(given, `${name}From`), readInstantAt(given, `${name}To`)];
  const word = name === 'created' ? undefined : given.get(name);
  if (word !== undefined && word !== 'never') throw new RestFault(400, `${name} must be never; write ${name}From and ${name}To for times.`);
  if (word !== undefined && (from ?? to) !== undefined) throw new RestFault(400, `${name} cannot be never and within times as well.`);
  if (word !== undefined) return 'none';
  return from === undefined && to === undefined ? undefined : { ...named('from', from), ...named('to', to) };
}

function readInstantAt(given: Given, name: Parameter): Instant | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const instant = readInstant(text);
  if (instant !== null) return instant;
  throw new RestFault(400, `${name} must be epoch milliseconds or ISO 8601 with a zone, such as 2026-01-31T10:00:00Z (write + as %2B).`);
}

function readPresence(given: Given, name: 'limits' | 'addresses'): boolean | undefined {
  const word = given.get(name);
  if (word !== undefined && word !== 'none' && word !== 'some') throw new RestFault(400, `${name} must be none or some.`);
  return word === undefined ? undefined : word === 'some';
}

/** `label`, or `-label` for the last first. */
function readOrder(text: string | undefined): TokenOrder {
  if (text === undefined) return NEWEST_FIRST;
  const isDescending = text.startsWith('-');
  const by = TOKEN_ORDERS.find((order) => order === text.slice(isDescending ? 1 : 0));
  if (by === undefined) throw new RestFault(400, `sort must be one of ${TOKEN_ORDERS.join(', ')}, with a - in front for the last first.`);
  return { by, isDescending };
}

function named<T>(name: string, value: T | undefined): Readonly<Record<string, T>> {
  return value === undefined ? {} : { [name]: value };
}
