// What the organization's list of tokens is asked for: `cursor`, `pageSize`, `sort`, `q` [CLD-8]. Read strictly: a filter that was passed
// over in silence would give a list of something else.
import { LIMITS } from '../../core/index.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { type From, type Position, SORT_FIELDS, type SortField, type TokenOrder } from './token-order.js';

const PAGE_SIZE = 100;

export interface TokenQuery {
  readonly order: TokenOrder;
  readonly from: From;
  readonly pageSize: number;
  /** Part of a label, or of the owner's name or address; '' for all. */
  readonly text: string;
}

/** Throws RestFault 400 that names the parameter. */
export function readTokenQuery(query: URLSearchParams): TokenQuery {
  refuseUnknown(query, ['cursor', 'pageSize', 'sort', 'q']);
  const order = readOrder(query.get('sort') ?? 'createdAt');
  return { order, from: readCursor(query.get('cursor'), order), pageSize: readPageSize(query.get('pageSize')), text: query.get('q') ?? '' };
}

/** The text that is counted by. Throws RestFault 400 for any other parameter. */
export function readCountQuery(query: URLSearchParams): string {
  refuseUnknown(query, ['q']);
  return query.get('q') ?? '';
}

/** A place in a list as it stands in a link. */
export function writeCursor({ value, id }: Position, towards: 'next' | 'prev'): string {
  return Buffer.from(JSON.stringify([towards, value, id])).toString('base64url');
}

function refuseUnknown(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (!known.includes(name))
      throw new RestFault(400, `Unknown parameter ${JSON.stringify(name.slice(0, 60))}. Known are: ${known.join(', ')}.`);
  }
}

/** `createdAt`, or `-createdAt` for the other way round. */
function readOrder(text: string): TokenOrder {
  const isDescending = text.startsWith('-');
  const name = isDescending ? text.slice(1) : text;
  const field: SortField | undefined = SORT_FIELDS.find((candidate) => candidate === name);
  if (field === undefined)
    throw new RestFault(400, `sort must be one of ${SORT_FIELDS.join(', ')}, with "-" before it for the other way round.`);
  return { field, isDescending };
}

function readPageSize(text: string | null): number {
  if (text === null) return PAGE_SIZE;
  const size = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (size < 1 || size > LIMITS.pageMax) throw new RestFault(400, `pageSize must be a whole number from 1 to ${LIMITS.pageMax}.`);
  return size;
}

function readCursor(text: string | null, { field }: TokenOrder): From {
  if (text === null) return null;
  const place = parseCursor(text);
  if (!Array.isArray(place) || place.length !== 3) throw wrongCursor();
  const [towards, value, id] = place as readonly unknown[];
  // A cursor of another order would begin somewhere else.
  const isOfOrder = field === 'label' ? typeof value === 'string' : Number.isSafeInteger(value);
  if ((towards !== 'next' && towards !== 'prev') || !isOfOrder || !Number.isSafeInteger(id)) throw wrongCursor();
  return { towards, value: value as number | string, id: id as number };
}

function parseCursor(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw wrongCursor();
  }
}

function wrongCursor(): RestFault {
  return new RestFault(400, 'cursor is not one of this list: take it from its links.');
}
